package dev.headwater.benchmarks;

import java.util.regex.Pattern;

/**
 * The address of a database as a JDBC URL of the form {@code jdbc:postgresql://host:port/database?options}.
 *
 * @param server what stands before the name of the database
 * @param database the name
 * @param options what follows it, with the question mark; may hold a password
 */
record ServerUrl(String server, String database, String options) {

    private static final Pattern URL = Pattern.compile("(jdbc:postgresql://[^/?]+/)([^/?]+)(\\?.*)?");

    static ServerUrl parse(String url) {
        var matcher = URL.matcher(url);
        if (!matcher.matches()) {
            throw new BenchmarkException(
                    "--database is no address that can be used: expected jdbc:postgresql://HOST:PORT/DATABASE?user=NAME&password=…");
        }
        return new ServerUrl(matcher.group(1), matcher.group(2), matcher.group(3) == null ? "" : matcher.group(3));
    }

    /** Another database of the same server. */
    ServerUrl withDatabase(String name) {
        return new ServerUrl(server, name, options);
    }

    /** The address with options more, each as {@code name=value}. */
    static String with(String url, String... additional) {
        return url + (url.contains("?") ? "&" : "?") + String.join("&", additional);
    }

    /** The address without its options, fit to be shown. */
    String masked() {
        return server + database;
    }

    /** The whole address, password included. */
    @Override
    public String toString() {
        return server + database + options;
    }
}
