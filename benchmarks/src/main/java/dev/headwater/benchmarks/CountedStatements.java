package dev.headwater.benchmarks;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.Statement;
import java.util.concurrent.atomic.AtomicLong;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/** Counts what is sent through a data source: statements, batches and commits. Thread-safe. */
final class CountedStatements {

    private final AtomicLong sent = new AtomicLong();

    /** How many were sent so far. */
    long sent() {
        return sent.get();
    }

    DataSource of(DataSource source) {
        return counted(DataSource.class, source);
    }

    private <T> T counted(Class<T> type, T target) {
        return type.cast(Proxy.newProxyInstance(
                CountedStatements.class.getClassLoader(), new Class<?>[] {type}, (proxy, method, arguments) -> {
                    if (method.getName().startsWith("execute")
                            || method.getName().equals("commit")) {
                        sent.incrementAndGet();
                    }
                    try {
                        var result = method.invoke(target, arguments);
                        return method.getName().equals("unwrap") ? result : wrapped(result);
                    } catch (InvocationTargetException e) {
                        throw e.getCause() == null ? e : e.getCause();
                    }
                }));
    }

    private @Nullable Object wrapped(@Nullable Object result) {
        return switch (result) {
            case Connection connection -> counted(Connection.class, connection);
            case PreparedStatement statement -> counted(PreparedStatement.class, statement);
            case Statement statement -> counted(Statement.class, statement);
            case null, default -> result;
        };
    }
}
