// kafkajs is CommonJS: its classes are reached through the default export, which every loader gives alike.
import kafkajs from 'kafkajs';

export const { Kafka, Partitioners } = kafkajs;
