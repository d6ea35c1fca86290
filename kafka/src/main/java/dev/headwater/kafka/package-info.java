/** Topics on Apache Kafka. Begin with {@link dev.headwater.kafka.KafkaLogBroker}. */
package dev.headwater.kafka;
