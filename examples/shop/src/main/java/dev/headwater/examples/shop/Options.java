package dev.headwater.examples.shop;

import java.math.BigDecimal;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** What can be said on the command line. */
final class Options {

    static final int DEFAULT_ORDERS = 2_000;
    static final long DEFAULT_SEED = 1;
    static final int MOST_INSTANCES = 8;

    @Option(names = "--import", paramLabel = "FILE", description = "Import the orders in a CSV file.")
    @Nullable
    Path importFile;

    @Option(
            names = "--orders",
            paramLabel = "N",
            description = "Make up N orders instead (" + DEFAULT_ORDERS + ", if nothing is imported).")
    @Nullable
    Integer orders;

    @Option(
            names = "--seed",
            paramLabel = "S",
            description =
                    "Which orders are made up: the same ones for the same seed, 0 or more (" + DEFAULT_SEED + ").")
    @Nullable
    Long seed;

    @Option(
            names = "--restore",
            paramLabel = "FILE",
            description = "Bring in the events that --export has written instead. Their confirmations were sent.")
    @Nullable
    Path restoreFile;

    @Option(
            names = "--export",
            paramLabel = "FILE",
            description = "Only write the events of --data or --database to a new file, each a CloudEvent in a line;"
                    + " compressed when the name ends in .gz.")
    @Nullable
    Path exportFile;

    @Option(
            names = "--first-version",
            description =
                    "Store orders the way the first version of the shop did, so that this one has old events to read.")
    boolean firstVersion;

    @Option(
            names = "--check-history",
            description =
                    "Only try whether this version of the shop can handle every event of --data or --database; nothing"
                            + " is changed, and the exit status is 1 when it cannot.")
    boolean checkHistory;

    @Option(
            names = "--history",
            paramLabel = "ORDER",
            description = "Only tell what has happened to an order of --data or --database.")
    @Nullable
    String history;

    @Option(
            names = "--contracts",
            paramLabel = "DIR",
            description =
                    "Only write the AsyncAPI document of each service to a folder, unless a service would not understand"
                            + " another one, as it is now or as its document in the folder says.")
    @Nullable
    Path contracts;

    @Option(names = "--json", paramLabel = "FILE", description = "Write the summary as JSON.")
    @Nullable
    Path json;

    @Option(
            names = "--rejects",
            paramLabel = "FILE",
            description = "Write the rejected rows as CSV, with line and reason.")
    @Nullable
    Path rejects;

    @Option(
            names = "--data",
            paramLabel = "DIR",
            description = "Keep the database in this folder, and go on with what is there (a temporary folder).")
    @Nullable
    Path data;

    @Option(
            names = "--database",
            paramLabel = "URL",
            description = "Use a running PostgreSQL instead: jdbc:postgresql://HOST/DATABASE?user=USER&password=…")
    @Nullable
    String database;

    @Option(
            names = "--instances",
            paramLabel = "N",
            description = "Share the work among N processes, 1 to " + MOST_INSTANCES
                    + " (1). Their ids are shown: kill one, and the others take over.")
    int instances = 1;

    @Option(
            names = "--mail-failures",
            paramLabel = "PERCENT",
            description =
                    "Let the confirmation mails of so many of a hundred orders fail, the same ones every time: three"
                            + " in four pass when tried again, the others are set aside with the reason (0). With --data, a"
                            + " later run tries what was set aside again.")
    BigDecimal mailFailures = BigDecimal.ZERO;

    @Option(
            names = "--process",
            paramLabel = "STYLE",
            description =
                    "Write the order process as ${COMPLETION-CANDIDATES} (${DEFAULT-VALUE}). A database stays with"
                            + " the one that it was begun with.")
    ProcessStyle process = ProcessStyle.CODE;

    @Option(
            names = "--credit-limit",
            paramLabel = "AMOUNT",
            description = "Decline the payment of orders whose total is over this (${DEFAULT-VALUE}).")
    BigDecimal creditLimit = BigDecimal.valueOf(1_000);

    @Option(
            names = "--max-line-quantity",
            paramLabel = "N",
            description = "Have no more than this of any article for one line of an order (${DEFAULT-VALUE}).")
    long maxLineQuantity = 500;

    @Option(
            names = "--late",
            paramLabel = "N",
            description =
                    "Let payment answer too late for every Nth order, and inventory for the one after it; 3 or more, or"
                            + " 0 for never (${DEFAULT-VALUE}).")
    int late;

    @Option(
            names = "--time-limit",
            paramLabel = "SECONDS",
            description = "Cancel an order when payment or inventory, once asked, takes longer than this for the answer"
                    + " (${DEFAULT-VALUE}).")
    BigDecimal timeLimit = BigDecimal.valueOf(5);

    @Option(
            names = "--latency",
            paramLabel = "MS",
            description = "Let payment, inventory and shipping take so many milliseconds for everything"
                    + " (${DEFAULT-VALUE}).")
    int latency;

    @Option(
            names = "--distributed",
            description =
                    "Run each of the six services in a process of its own, with topics between them; they react to"
                            + " each other (see --orchestrated).")
    boolean distributed;

    @Option(
            names = "--orchestrated",
            description = "With --distributed: let the ordering service direct the others by commands.")
    boolean orchestrated;

    @Option(
            names = "--broker",
            paramLabel = "BROKER",
            description = "With --distributed: carry the topics in the database or in Kafka, of which three servers are"
                    + " started: ${COMPLETION-CANDIDATES} (postgres).")
    @Nullable
    BrokerKind broker;

    @Option(
            names = "--kafka",
            paramLabel = "HOST:PORT",
            description =
                    "With --distributed: use a cluster that runs; several of its servers are separated by commas.")
    @Nullable
    String kafka;

    @Option(names = "--debug", description = "Show log messages, and the stack trace of an error.")
    boolean debug;
}
