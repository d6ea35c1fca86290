package dev.headwater.postgres;

import static java.util.Objects.requireNonNull;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import com.zaxxer.hikari.pool.HikariPool.PoolInitializationException;
import dev.headwater.postgres.jdbc.ConnectionSource;
import dev.headwater.postgres.jdbc.Lender;
import dev.headwater.postgres.jdbc.ServerUrl;
import dev.headwater.postgres.read.ListeningSource;
import dev.headwater.store.StoreUnavailableException;
import java.time.Duration;
import java.util.Properties;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * How a database is reached: by a URL, which a pool is made for, or by a data source of the application's.
 *
 * @param url null when there is a data source
 * @param user null when the URL holds it, or the driver finds it out
 * @param password null when the URL holds it, or there is none
 * @param source null when there is a URL
 * @param listenUrl where to listen for new events, if not there
 */
record Access(
        @Nullable ServerUrl url,
        @Nullable String user,
        @Nullable String password,
        @Nullable DataSource source,
        @Nullable ServerUrl listenUrl) {

    static final Duration CONNECTION_TIMEOUT = Duration.ofSeconds(10);

    private static final String TIMEOUT_SECONDS = Long.toString(CONNECTION_TIMEOUT.toSeconds());

    /** Whether the connections are made here, from a URL. */
    boolean isOwn() {
        return url != null;
    }

    /** For the connection that finds out whether the database can be used. */
    ConnectionSource first() {
        return url == null ? new Lender(requireNonNull(source), false) : directly(url, settings("headwater"));
    }

    ListeningSource listening(Lender lender) {
        var settings = settings("headwater listener");
        settings.setProperty("socketTimeout", TIMEOUT_SECONDS);
        if (listenUrl != null) {
            return new ListeningSource(directly(listenUrl, settings), true, true);
        }
        return url == null
                ? new ListeningSource(lender, false, false)
                : new ListeningSource(directly(url, settings), true, false);
    }

    private ConnectionSource directly(ServerUrl to, Properties settings) {
        return () -> to.connect(user, password, settings);
    }

    /** Settings of the driver; what the URL says counts for more. */
    private static Properties settings(String applicationName) {
        var settings = new Properties();
        settings.setProperty("ApplicationName", applicationName);
        settings.setProperty("prepareThreshold", "1");
        settings.setProperty("tcpKeepAlive", "true");
        settings.setProperty("loginTimeout", TIMEOUT_SECONDS);
        return settings;
    }

    /** Fills a pool, each of whose connections begins with {@code initialSql}. */
    HikariDataSource pool(String name, int size, String initialSql) {
        var config = new HikariConfig();
        config.setPoolName(name);
        config.setJdbcUrl(url == null ? null : url.text());
        config.setUsername(user);
        config.setPassword(password);
        config.setMaximumPoolSize(size);
        config.setConnectionTimeout(CONNECTION_TIMEOUT.toMillis());
        config.setInitializationFailTimeout(CONNECTION_TIMEOUT.toMillis());
        config.setConnectionInitSql(initialSql);
        settings("headwater").forEach((setting, value) -> config.addDataSourceProperty((String) setting, value));
        try {
            return new HikariDataSource(config);
        } catch (PoolInitializationException e) {
            throw new StoreUnavailableException("No connection to the database could be made: " + e.getMessage(), e);
        }
    }
}
