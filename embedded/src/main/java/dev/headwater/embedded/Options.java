package dev.headwater.embedded;

import java.time.Duration;
import java.util.Map;

/**
 * How a server is run.
 *
 * @param temporary whether its folder is deleted in the end
 * @param settings of PostgreSQL, on top of the usual ones
 * @param port where it listens, 0 to choose a free one
 * @param startLimit how long making a database, and a start, may take
 * @param stopLimit how long a shutdown may take before the server is killed
 * @param closeOnExit whether a shutdown hook closes it
 */
record Options(
        boolean temporary,
        Map<String, String> settings,
        int port,
        Duration startLimit,
        Duration stopLimit,
        boolean closeOnExit) {}
