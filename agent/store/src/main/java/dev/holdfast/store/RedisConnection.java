package dev.holdfast.store;

import dev.holdfast.fleet.StoreConnection;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.util.List;
import org.jspecify.annotations.Nullable;
import redis.clients.jedis.Builder;
import redis.clients.jedis.CommandArguments;
import redis.clients.jedis.CommandObject;
import redis.clients.jedis.Connection;
import redis.clients.jedis.Protocol;
import redis.clients.jedis.exceptions.JedisConnectionException;
import redis.clients.jedis.exceptions.JedisDataException;
import redis.clients.jedis.exceptions.JedisException;
import redis.clients.jedis.executors.CommandExecutor;

/** Commands on a connection, or on those of a cluster. For one thread at a time. */
final class RedisConnection implements StoreConnection {
    private static final Builder<@Nullable Object> AS_IT_IS = new Builder<>() {
        @Override
        public @Nullable Object build(@Nullable Object data) {
            return data;
        }
    };

    /** The error of a replica: of one that was the server before, too. */
    private static final String READ_ONLY = "READONLY";

    /** The error of a name that holds a list, say: to a reader of strings it holds nothing. */
    private static final String WRONG_TYPE = "WRONGTYPE";

    private static final int LONGEST_CODE = 20;

    private final @Nullable Connection connection;
    private final @Nullable CommandExecutor executor;
    private final boolean mayBeReplaced;

    /**
     * One server's.
     *
     * @param mayBeReplaced whether another server may take its part: one that takes no writes is asked for anew then
     */
    RedisConnection(Connection connection, boolean mayBeReplaced) {
        this.connection = connection;
        this.executor = null;
        this.mayBeReplaced = mayBeReplaced;
    }

    RedisConnection(CommandExecutor executor) {
        this.connection = null;
        this.executor = executor;
        this.mayBeReplaced = false;
    }

    @Override
    public byte @Nullable [] read(String key, int maxBytes) throws IOException {
        // One more than allowed, so that what is too large is not taken for what was cut: it does not authenticate.
        try {
            byte[] value = bytes(send(new CommandArguments(Protocol.Command.GETRANGE)
                    .key(key)
                    .add(0)
                    .add(maxBytes)));
            return value == null || value.length == 0 ? null : value;
        } catch (Refused e) {
            if (WRONG_TYPE.equals(e.getMessage())) {
                return null;
            }
            throw e;
        }
    }

    @Override
    public byte @Nullable [] run(String script, String key, List<byte[]> arguments) throws IOException {
        CommandArguments command =
                new CommandArguments(Protocol.Command.EVAL).add(script).add(1).key(key);
        arguments.forEach(command::add);
        return bytes(send(command));
    }

    private static byte @Nullable [] bytes(@Nullable Object answer) {
        return answer instanceof byte[] bytes ? bytes : null;
    }

    private @Nullable Object send(CommandArguments command) throws IOException {
        try {
            CommandObject<@Nullable Object> whole = new CommandObject<>(command, AS_IT_IS);
            if (connection != null) {
                return connection.executeCommand(whole);
            }
            return executor == null ? null : executor.executeCommand(whole);
        } catch (JedisConnectionException e) {
            // A new connection would wait as long for a server that does not answer.
            throw e.getCause() instanceof SocketTimeoutException
                    ? new IOException("no answer", e)
                    : new Lost("no answer", e);
        } catch (JedisDataException e) {
            String code = code(e);
            if (mayBeReplaced && code.equals(READ_ONLY)) {
                throw new Lost(code, new Refused(code));
            }
            throw new Refused(code);
        } catch (JedisException e) {
            throw new IOException("no answer", e);
        }
    }

    /** The first word of an error, such as {@code OOM}: what follows may repeat the command. */
    static String code(JedisDataException e) {
        String message = String.valueOf(e.getMessage());
        int end = message.indexOf(' ');
        String first = end < 0 ? message : message.substring(0, end);
        boolean code = first.length() <= LONGEST_CODE && first.chars().allMatch(c -> c >= 'A' && c <= 'Z');
        return code ? first : "ERR";
    }

    @Override
    public void close() {
        try {
            if (connection != null) {
                connection.close();
            }
            if (executor != null) {
                executor.close();
            }
        } catch (Exception e) {
            // It was to be thrown away.
        }
    }
}
