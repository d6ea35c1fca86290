package dev.headwater.embedded;

/** How clients reach the server. */
final class JdbcUrl {

    static final String USER = "postgres";

    private JdbcUrl() {}

    static String withoutPassword(int port) {
        return "jdbc:postgresql://127.0.0.1:" + port + "/postgres?user=" + USER;
    }

    /** A password of letters and digits needs no encoding. */
    static String withPassword(int port, String password) {
        return withoutPassword(port) + "&password=" + password;
    }
}
