package dev.headwater.postgres.jdbc;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A connection as handlers get it: everything works but ending the transaction, which would tear effect and checkpoint
 * apart.
 */
public final class LentConnection implements InvocationHandler {

    private static final Set<String> REFUSED =
            Set.of("commit", "close", "abort", "setAutoCommit", "setTransactionIsolation", "setReadOnly");

    private final Connection connection;

    private LentConnection(Connection connection) {
        this.connection = connection;
    }

    /** Lends a connection to a handler. */
    public static Connection of(Connection connection) {
        return (Connection) Proxy.newProxyInstance(
                LentConnection.class.getClassLoader(),
                new Class<?>[] {Connection.class},
                new LentConnection(connection));
    }

    @Override
    public @Nullable Object invoke(Object proxy, Method method, Object @Nullable [] arguments) throws Throwable {
        boolean isRollback = method.getName().equals("rollback") && arguments == null;
        if (isRollback || REFUSED.contains(method.getName())) {
            throw new IllegalStateException("A handler called " + method.getName()
                    + " on the connection of its subscription, whose transaction also"
                    + " holds the checkpoint: only the subscription ends it; use a savepoint, or a connection of your"
                    + " own");
        }
        try {
            return method.invoke(connection, arguments);
        } catch (InvocationTargetException e) {
            throw e.getCause() == null ? e : e.getCause();
        }
    }
}
