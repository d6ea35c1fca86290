package dev.headwater.postgres.jdbc;

import dev.headwater.postgres.failure.PostgresException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Properties;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.postgresql.Driver;

/**
 * A JDBC URL that the driver understands. It may hold a password, so neither its text nor a part of it ever comes into
 * a message; not all that the driver and a pool say of a wrong one keeps to that, so they do not get to see it.
 */
public final class ServerUrl {

    private static final String PREFIX = "jdbc:postgresql:";
    private static final String FORM = "expected jdbc:postgresql://host:port/database";

    /** Hosts, each with or without a port; one in brackets is an IPv6 address. */
    private static final Pattern HOST = Pattern.compile("(\\[[^\\[\\]]*]|[^:\\[\\]]*)(:(?<port>[^:]*))?");

    private static final Pattern PORT = Pattern.compile("\\d{1,5}");
    private static final int LARGEST_PORT = 65_535;

    private final String text;

    private ServerUrl(String text) {
        this.text = text;
    }

    /**
     * Checks a URL.
     *
     * @throws PostgresException when the driver would not understand it; the message says why, without the URL
     */
    public static ServerUrl of(String text) {
        requireForJdbc(text);
        var rest = text.substring(PREFIX.length());
        int question = rest.indexOf('?');
        var place = question < 0 ? rest : rest.substring(0, question);
        if (place.startsWith("//")) {
            int slash = place.indexOf('/', 2);
            requireHosts(place.substring(2, slash < 0 ? place.length() : slash));
            if (slash < 0) {
                throw wrong("no '/' stands behind the host: " + FORM);
            }
        }
        if (!isDecodable(rest)) {
            throw wrong("it holds a '%' that does not begin an encoded character: write %25 for a plain one");
        }
        if (Driver.parseURL(text, null) == null) {
            throw wrong("the driver does not understand it: " + FORM);
        }
        return new ServerUrl(text);
    }

    private static void requireForJdbc(String text) {
        if (text.startsWith("postgresql://") || text.startsWith("postgres://")) {
            throw wrong("it is one for other programs than Java: " + FORM
                    + ", and the user and the password by credentials(…)");
        }
        if (!text.startsWith(PREFIX)) {
            throw wrong("it does not begin with " + PREFIX + ": " + FORM);
        }
    }

    private static void requireHosts(String hosts) {
        if (hosts.indexOf('@') >= 0) {
            throw wrong(
                    "something stands before the host, up to an '@', which JDBC does not know: give the user and the"
                            + " password by credentials(…), or as ?user=…&password=… behind the database");
        }
        for (var host : hosts.split(",", -1)) {
            var parts = HOST.matcher(host);
            if (!parts.matches()) {
                throw wrong("a host holds more than one ':': " + FORM + ", and an IPv6 address in brackets");
            }
            var port = parts.group("port");
            if (port != null && !isPort(port)) {
                throw wrong("a port is no number from 1 to 65535: " + FORM);
            }
        }
    }

    private static boolean isPort(String port) {
        return PORT.matcher(port).matches() && Integer.parseInt(port) >= 1 && Integer.parseInt(port) <= LARGEST_PORT;
    }

    private static boolean isDecodable(String rest) {
        try {
            URLDecoder.decode(rest, StandardCharsets.UTF_8);
            return true;
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    private static PostgresException wrong(String what) {
        return new PostgresException("The JDBC URL cannot be used: " + what, null);
    }

    /** Connects without a pool. What stands in the URL counts for more than the other arguments. */
    public Connection connect(@Nullable String user, @Nullable String password, Properties settings)
            throws SQLException {
        var all = new Properties();
        all.putAll(settings);
        if (user != null) {
            all.setProperty("user", user);
        }
        if (password != null) {
            all.setProperty("password", password);
        }
        var connection = new Driver().connect(text, all);
        if (connection == null) {
            throw wrong("the driver does not understand it: " + FORM);
        }
        return connection;
    }

    /** The URL itself: not for messages. */
    public String text() {
        return text;
    }
}
