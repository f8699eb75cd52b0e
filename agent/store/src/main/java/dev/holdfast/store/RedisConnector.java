package dev.holdfast.store;

import dev.holdfast.fleet.StoreConnection;
import dev.holdfast.policy.StoreSettings;
import java.io.IOException;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.Set;
import org.apache.commons.pool2.impl.GenericObjectPoolConfig;
import redis.clients.jedis.ClientSetInfoConfig;
import redis.clients.jedis.Connection;
import redis.clients.jedis.DefaultJedisClientConfig;
import redis.clients.jedis.HostAndPort;
import redis.clients.jedis.JedisClientConfig;
import redis.clients.jedis.SslOptions;
import redis.clients.jedis.StaticCommandFlagsRegistry;
import redis.clients.jedis.exceptions.JedisDataException;
import redis.clients.jedis.exceptions.JedisException;
import redis.clients.jedis.executors.ClusterCommandExecutor;
import redis.clients.jedis.providers.ClusterConnectionProvider;

/**
 * Opens connections to Redis 6 or newer, or what speaks like it: one server, the one that {@link Sentinels} name, or a
 * cluster. RESP2 and no {@code CLIENT SETINFO}, which older servers and restricted users refuse. Thread-safe.
 */
public final class RedisConnector implements StoreConnection.Connector {
    private static final int CONNECT_MILLIS = 1_000;
    private static final int ANSWER_MILLIS = 1_000;
    private static final int CLUSTER_ATTEMPTS = 3;

    private final StoreSettings settings;

    /** Creates a connector; nothing is opened yet. */
    public RedisConnector(StoreSettings settings) {
        this.settings = settings;
    }

    @Override
    public StoreConnection open() throws IOException {
        try {
            JedisClientConfig config = config();
            if (settings.cluster()) {
                ClusterConnectionProvider nodes = new ClusterConnectionProvider(nodes(), config, pool());
                return new RedisConnection(new ClusterCommandExecutor(
                        nodes,
                        CLUSTER_ATTEMPTS,
                        Duration.ofMillis(ANSWER_MILLIS),
                        StaticCommandFlagsRegistry.registry()));
            }
            if (!settings.sentinelMaster().isEmpty()) {
                HostAndPort master = new Sentinels(nodes(), common().build(), settings.sentinelMaster()).master();
                return new RedisConnection(new Connection(master, config), true);
            }
            return new RedisConnection(new Connection(nodes().iterator().next(), config), false);
        } catch (JedisDataException e) {
            throw new IOException(RedisConnection.code(e), new StoreConnection.Refused(RedisConnection.code(e)));
        } catch (JedisException e) {
            throw new IOException("no connection", e);
        }
    }

    private Set<HostAndPort> nodes() {
        Set<HostAndPort> nodes = new LinkedHashSet<>();
        settings.nodes().forEach(node -> nodes.add(HostAndPort.from(node)));
        return nodes;
    }

    private JedisClientConfig config() {
        DefaultJedisClientConfig.Builder config = common();
        if (!settings.user().isEmpty()) {
            config.user(settings.user());
        }
        if (!settings.password().isEmpty()) {
            config.password(settings.password());
        }
        return config.database(settings.database()).build();
    }

    /** Without a user: sentinels have users of their own, or mostly none. */
    private DefaultJedisClientConfig.Builder common() {
        DefaultJedisClientConfig.Builder config = DefaultJedisClientConfig.builder()
                .connectionTimeoutMillis(CONNECT_MILLIS)
                .socketTimeoutMillis(ANSWER_MILLIS)
                .resp2()
                .autoNegotiateProtocol(false)
                .clientSetInfoConfig(ClientSetInfoConfig.DISABLED);
        if (settings.tls()) {
            // A context of its own, with the JVM's trust settings: the default one is the application's to set up.
            config.sslOptions(SslOptions.defaults());
        }
        return config;
    }

    /** A connection for the one thread that uses it; no thread of the pool's own, and no MBean. */
    private static GenericObjectPoolConfig<Connection> pool() {
        GenericObjectPoolConfig<Connection> pool = new GenericObjectPoolConfig<>();
        pool.setMaxTotal(2);
        pool.setMinIdle(0);
        pool.setMaxWait(Duration.ofMillis(CONNECT_MILLIS));
        pool.setJmxEnabled(false);
        pool.setTestOnBorrow(false);
        return pool;
    }
}
