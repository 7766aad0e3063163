import { answers, distributionFolder, downloadKafka, KAFKA_VERSION } from './distribution.js';

/** Fetches the broker that the integration tests run, so that CI's tests start without a download. */
if (!(await answers('java', '-version')) || !(await answers('mvn', '-version'))) {
  console.error('Kafka is not prepared: this needs Java 17 or newer and Maven.');
  process.exit(1);
}
await downloadKafka();
console.log(`Apache Kafka ${KAFKA_VERSION} is ready in ${distributionFolder()}`);
