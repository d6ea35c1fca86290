/** Servers of Kafka as processes, for tests and for trying things out. */
package dev.headwater.kafka.servers;
