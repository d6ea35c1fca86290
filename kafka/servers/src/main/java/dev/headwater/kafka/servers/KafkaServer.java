package dev.headwater.kafka.servers;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;

/**
 * The main class of a server of Kafka: formats its directory unless that was done, starts the ordinary server, and ends
 * at once when the pipe from whoever started it is closed. It runs on the class path of the server alone.
 */
public final class KafkaServer {

    private KafkaServer() {}

    /**
     * Runs a server.
     *
     * @param arguments the id of the cluster, and the file with the properties
     */
    public static void main(String... arguments) throws Exception {
        Thread.ofPlatform().daemon().start(KafkaServer::endWithTheStarter);
        var format = new String[] {"format", "--ignore-formatted", "-t", arguments[0], "-c", arguments[1]};
        var out = new PrintStream(System.err, true, StandardCharsets.UTF_8);
        Class.forName("kafka.tools.StorageTool")
                .getMethod("execute", String[].class, PrintStream.class)
                .invoke(null, format, out);
        Class.forName("kafka.Kafka").getMethod("main", String[].class).invoke(null, (Object)
                new String[] {arguments[1]});
    }

    private static void endWithTheStarter() {
        try {
            while (System.in.read() >= 0) {
                // Nothing is said on this pipe.
            }
        } catch (IOException e) {
            // Then nobody is there either.
        }
        Runtime.getRuntime().halt(0);
    }
}
