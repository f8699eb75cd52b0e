package dev.holdfast.fleet;

import java.io.IOException;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * A connection that is opened when it is needed and kept between commands. One that was closed while nobody used it, by
 * the store's {@code timeout} or a load balancer, says nothing about the store: the command is sent again at once, on a
 * new connection. All commands can be: a read, and scripts that have the same effect when they run twice. A connection
 * that has not answered anything yet gets no second chance. For one thread, {@link #refuses} apart.
 */
final class KeptConnection implements StoreConnection {
    private static final String READ = "read";

    private final Connector connector;
    private final Set<String> refused = ConcurrentHashMap.newKeySet();
    private @Nullable StoreConnection open;
    private boolean hasAnswered;

    KeptConnection(Connector connector) {
        this.connector = connector;
    }

    /** Opens it unless it is open. */
    StoreConnection open() throws IOException {
        StoreConnection current = open;
        if (current == null) {
            current = connector.open();
            open = current;
            hasAnswered = false;
        }
        return current;
    }

    /** Returns whether there is a kind of command whose last one the store refused. For any thread. */
    boolean refuses() {
        return !refused.isEmpty();
    }

    @Override
    public byte @Nullable [] read(String key, int maxBytes) throws IOException {
        return send(READ, connection -> connection.read(key, maxBytes));
    }

    @Override
    public byte @Nullable [] run(String script, String key, List<byte[]> arguments) throws IOException {
        return send(script, connection -> connection.run(script, key, arguments));
    }

    private byte @Nullable [] send(String kind, StoreCommand<byte[]> command) throws IOException {
        StoreConnection current = open();
        try {
            return answer(kind, command, current);
        } catch (Lost e) {
            if (!hasAnswered) {
                throw e;
            }
            close();
            return answer(kind, command, open());
        }
    }

    private byte @Nullable [] answer(String kind, StoreCommand<byte[]> command, StoreConnection by) throws IOException {
        try {
            byte[] answer = command.on(by);
            hasAnswered = true;
            refused.remove(kind);
            return answer;
        } catch (Refused e) {
            hasAnswered = true;
            refused.add(kind);
            throw e;
        }
    }

    @Override
    public void close() {
        StoreConnection last = open;
        open = null;
        if (last != null) {
            last.close();
        }
    }
}
