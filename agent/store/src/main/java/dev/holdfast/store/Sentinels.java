package dev.holdfast.store;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import redis.clients.jedis.Builder;
import redis.clients.jedis.CommandArguments;
import redis.clients.jedis.CommandObject;
import redis.clients.jedis.Connection;
import redis.clients.jedis.HostAndPort;
import redis.clients.jedis.JedisClientConfig;
import redis.clients.jedis.Protocol;
import redis.clients.jedis.exceptions.JedisException;

/**
 * Sentinels, which know the server at the moment (the guidelines for Sentinel clients of Redis). They are asked for
 * each connection that is opened: a server that another one replaces closes its connections, or refuses to write. The
 * client library would keep a thread and a subscription for each of them instead.
 */
final class Sentinels {
    private static final Builder<@Nullable Object> AS_IT_IS = new Builder<>() {
        @Override
        public @Nullable Object build(@Nullable Object data) {
            return data;
        }
    };

    private final Set<HostAndPort> nodes;
    private final JedisClientConfig config;
    private final String name;

    /**
     * Sentinels.
     *
     * @param nodes their addresses, the first to be asked first
     * @param config of connections to them
     * @param name by which they know the server
     */
    Sentinels(Set<HostAndPort> nodes, JedisClientConfig config, String name) {
        this.nodes = nodes;
        this.config = config;
        this.name = name;
    }

    /**
     * Returns the server, as the first one that knows it says.
     *
     * @throws IOException none of them can be reached, or knows it
     */
    HostAndPort master() throws IOException {
        IOException failure = new IOException("no sentinel knows the server");
        for (HostAndPort node : nodes) {
            try (Connection sentinel = new Connection(node, config)) {
                HostAndPort master = read(sentinel.executeCommand(new CommandObject<>(
                        new CommandArguments(Protocol.Command.SENTINEL)
                                .add("get-master-addr-by-name")
                                .add(name),
                        AS_IT_IS)));
                if (master != null) {
                    return master;
                }
            } catch (JedisException e) {
                failure = new IOException("no sentinel", e);
            }
        }
        throw failure;
    }

    private static @Nullable HostAndPort read(@Nullable Object answer) {
        if (answer instanceof List<?> parts
                && parts.size() == 2
                && parts.get(0) instanceof byte[] host
                && parts.get(1) instanceof byte[] port) {
            try {
                return new HostAndPort(
                        new String(host, StandardCharsets.UTF_8),
                        Integer.parseInt(new String(port, StandardCharsets.US_ASCII)));
            } catch (NumberFormatException e) {
                return null;
            }
        }
        return null;
    }
}
