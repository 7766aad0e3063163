import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.spec.PKCS8EncodedKeySpec;
import java.time.Instant;
import java.util.Base64;

/**
 * Signs the body of a message for Qazyna, with Java 17 and nothing else.
 *
 *   java Sign.java <private-key.pem> <publisher> <key> <source> <id> <type> <body-file>
 *
 * Prints the value of the Kafka header `ce_signature` (over HTTP `ce-signature`, in a structured CloudEvent `signature`).
 */
public final class Sign {
    private static final Base64.Encoder BASE64URL = Base64.getUrlEncoder().withoutPadding();

    public static void main(String[] args) throws Exception {
        byte[] body = Files.readAllBytes(Path.of(args[6]));
        System.out.println(sign(privateKey(Path.of(args[0])), args[1], args[2], args[3], args[4], args[5], body));
    }

    static String sign(PrivateKey key, String publisher, String keyName, String source, String id, String type, byte[] body) throws Exception {
        String header = "{\"alg\":\"EdDSA\",\"kid\":" + json(publisher + "/" + keyName) + ",\"b64\":false,\"iat\":" + Instant.now().getEpochSecond()
                + ",\"ce_source\":" + json(source) + ",\"ce_id\":" + json(id) + ",\"ce_type\":" + json(type)
                + ",\"crit\":[\"b64\",\"iat\",\"ce_source\",\"ce_id\",\"ce_type\"]}";
        String encoded = BASE64URL.encodeToString(header.getBytes(StandardCharsets.UTF_8));
        // RFC 7797: the encoded header, a point, and the body's bytes exactly as they will be sent.
        ByteArrayOutputStream signed = new ByteArrayOutputStream();
        signed.write((encoded + ".").getBytes(StandardCharsets.US_ASCII));
        signed.write(body);
        Signature ed25519 = Signature.getInstance("Ed25519");
        ed25519.initSign(key);
        ed25519.update(signed.toByteArray());
        return encoded + ".." + BASE64URL.encodeToString(ed25519.sign());
    }

    static PrivateKey privateKey(Path pem) throws Exception {
        String base64 = Files.readString(pem).replaceAll("-----[A-Z ]+-----", "").replaceAll("\\s", "");
        return KeyFactory.getInstance("Ed25519").generatePrivate(new PKCS8EncodedKeySpec(Base64.getDecoder().decode(base64)));
    }

    private static String json(String text) {
        StringBuilder out = new StringBuilder("\"");
        for (char c : text.toCharArray()) {
            if (c == '"' || c == '\\') out.append('\\').append(c);
            else if (c < 0x20) out.append(String.format("\\u%04x", (int) c));
            else out.append(c);
        }
        return out.append('"').toString();
    }
}
