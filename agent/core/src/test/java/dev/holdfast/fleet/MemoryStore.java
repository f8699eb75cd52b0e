package dev.holdfast.fleet;

import java.io.EOFException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** A store in memory, which can be away, hang or refuse. Knows by their words what the scripts of the agent do. */
public final class MemoryStore implements StoreConnection.Connector {
    /** The values, by name. Deadlines are not looked at. */
    public final Map<String, byte[]> values = new ConcurrentHashMap<>();

    /** The names of all that was read, in order. */
    public final List<String> reads = new ArrayList<>();

    /** The arguments of all leases that were asked for. */
    public final List<List<String>> leases = new CopyOnWriteArrayList<>();

    /** The answer to whoever asks for a lease. */
    public volatile String leaseAnswer = "";

    /** The breakers that have opened, in order: the name of the set, of the breaker, and of the instance. */
    public final List<List<String>> hints = new CopyOnWriteArrayList<>();

    private final AtomicInteger opened = new AtomicInteger();

    /** True if it cannot be reached. */
    public volatile boolean away;

    /** True if it takes nothing more. */
    public volatile boolean full;

    @Override
    public StoreConnection open() throws IOException {
        check();
        return new Open();
    }

    private void check() throws IOException {
        if (away) {
            throw new IOException("away");
        }
    }

    /** Their times are their numbers. */
    private synchronized byte[] hints(String key, List<byte[]> arguments) {
        List<String> texts = arguments.stream()
                .map(argument -> new String(argument, StandardCharsets.US_ASCII))
                .toList();
        texts.subList(4, texts.size()).forEach(name -> hints.add(List.of(key, name, texts.get(0))));
        StringBuilder said = new StringBuilder(Integer.toString(hints.size())).append(' ');
        for (List<String> hint : hints.subList(Integer.parseInt(texts.get(1)), hints.size())) {
            if (hint.get(0).equals(key) && !hint.get(2).equals(texts.get(0))) {
                said.append(hint.get(1)).append(' ');
            }
        }
        return said.toString().getBytes(StandardCharsets.US_ASCII);
    }

    /** Closes all connections that are open; new ones can be opened. */
    public void disconnect() {
        opened.incrementAndGet();
    }

    private final class Open implements StoreConnection {
        private final int number = opened.get();

        private void check() throws IOException {
            MemoryStore.this.check();
            if (number != opened.get()) {
                throw new Lost("closed", new EOFException());
            }
        }

        @Override
        public byte @Nullable [] read(String key, int maxBytes) throws IOException {
            check();
            synchronized (reads) {
                if (!key.endsWith(":probe")) {
                    reads.add(key);
                }
            }
            byte[] found = values.get(key);
            return found == null ? null : Arrays.copyOf(found, Math.min(found.length, maxBytes + 1));
        }

        @Override
        public byte @Nullable [] run(String script, String key, List<byte[]> arguments) throws IOException {
            check();
            if (script.contains("'ZADD'")) {
                return hints(key, arguments);
            }
            if (script.contains("'HGETALL'")) {
                leases.add(arguments.stream()
                        .map(argument -> new String(argument, StandardCharsets.US_ASCII))
                        .toList());
                return leaseAnswer.getBytes(StandardCharsets.US_ASCII);
            }
            if (script.contains("'DEL'")) {
                values.remove(key);
                if (!full) {
                    values.put(key, "-".getBytes(StandardCharsets.UTF_8));
                }
                return null;
            }
            if (full) {
                throw new Refused("OOM");
            }
            byte[] before = values.get(key);
            if (before == null || before.length != 1) {
                values.put(key, arguments.get(0));
            }
            return null;
        }

        @Override
        public void close() {}
    }
}
