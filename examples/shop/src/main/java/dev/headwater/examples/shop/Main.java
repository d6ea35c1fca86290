package dev.headwater.examples.shop;

import picocli.CommandLine;
import picocli.CommandLine.Command;

/** The order system's command line. */
@Command(name = "demo", mixinStandardHelpOptions = true, description = "Runs the order system on PostgreSQL.")
public final class Main implements Runnable {

    private Main() {}

    /** Runs the command line and ends the process with its exit status. */
    public static void main(String[] args) {
        System.exit(new CommandLine(new Main()).execute(args));
    }

    @Override
    public void run() {
        CommandLine.usage(this, System.out);
    }
}
