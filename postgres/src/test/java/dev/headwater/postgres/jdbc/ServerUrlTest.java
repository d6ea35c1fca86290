package dev.headwater.postgres.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.headwater.postgres.failure.PostgresException;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ServerUrlTest {

    @Test
    void aUrlThatTheDriverDoesNotUnderstandIsRefusedWithTheReasonAndWithoutItsText() {
        var wrong = Map.ofEntries(
                Map.entry("postgresql://u:secret@h/x", "other programs than Java"),
                Map.entry("postgres://u:secret@h/x", "other programs than Java"),
                Map.entry("u:secret@h/x", "does not begin with jdbc:postgresql:"),
                Map.entry("jdbc:mysql://h/x?password=secret", "does not begin with jdbc:postgresql:"),
                Map.entry("jdbc:postgresql://u:secret@h/x", "before the host"),
                Map.entry("jdbc:postgresql://u:secret@h:5432/x", "before the host"),
                Map.entry("jdbc:postgresql://h?password=secret", "no '/'"),
                Map.entry("jdbc:postgresql:/?password=secret", "does not understand"),
                Map.entry("jdbc:postgresql://h:secret/x", "no number from 1 to 65535"),
                Map.entry("jdbc:postgresql://h:0/x?password=secret", "no number from 1 to 65535"),
                Map.entry("jdbc:postgresql://h:99999/x?password=secret", "no number from 1 to 65535"),
                Map.entry("jdbc:postgresql://h:1:2/x?password=secret", "more than one ':'"),
                Map.entry("jdbc:postgresql://::1/x?password=secret", "more than one ':'"),
                Map.entry("jdbc:postgresql://h/x?password=secret%", "a '%'"),
                Map.entry("jdbc:postgresql://h/x?password=secret%zz", "a '%'"));
        wrong.forEach((url, reason) -> assertThatThrownBy(() -> ServerUrl.of(url))
                .as(url)
                .isInstanceOf(PostgresException.class)
                .hasMessageContaining(reason)
                .hasNoCause()
                .satisfies(e -> assertThat(e.toString()).doesNotContain("secret")));
    }

    @Test
    void aUrlThatTheDriverUnderstandsIsTaken() {
        for (var url : new String[] {
            "jdbc:postgresql:orders",
            "jdbc:postgresql://localhost/orders",
            "jdbc:postgresql://localhost:5433/orders?user=u&password=a%40b%25",
            "jdbc:postgresql://one:1,two:2,three/orders?targetServerType=primary",
            "jdbc:postgresql://[::1]:5432/orders"
        }) {
            assertThat(ServerUrl.of(url).text()).isEqualTo(url);
        }
    }
}
