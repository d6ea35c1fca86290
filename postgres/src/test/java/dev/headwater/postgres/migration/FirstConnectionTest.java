package dev.headwater.postgres.migration;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.headwater.postgres.failure.PostgresException;
import dev.headwater.postgres.jdbc.ConnectionSource;
import dev.headwater.store.StoreUnavailableException;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class FirstConnectionTest {

    @Test
    void aServerThatIsNotThereIsWaitedForUntilPatienceEnds() {
        assertThatThrownBy(() -> connect(() -> {
                    throw new SQLException("Connection refused", "08001");
                }))
                .isInstanceOf(StoreUnavailableException.class)
                .hasMessageContaining("Connection refused");
    }

    @Test
    void aPoolThatWaitedInVainForAWrongPasswordIsNotAskedAgain() {
        assertThatThrownBy(() -> connect(() -> {
                    throw new SQLTransientConnectionException(
                            "Connection is not available",
                            "08003",
                            new SQLException("password authentication failed", "28P01"));
                }))
                .isInstanceOf(PostgresException.class)
                .hasMessageContaining("password authentication failed")
                .hasMessageContaining("check the URL, the user and the password");
    }

    private static void connect(ConnectionSource source) {
        FirstConnection.of(source, Duration.ofMillis(1));
    }
}
