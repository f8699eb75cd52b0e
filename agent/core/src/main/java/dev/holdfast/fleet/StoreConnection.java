package dev.holdfast.fleet;

import java.io.Closeable;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A connection to the shared store. Blocks, within time limits of its own; for one thread at a time, which is never a
 * program's.
 */
public interface StoreConnection extends Closeable {
    /** Opens connections. Thread-safe. */
    @FunctionalInterface
    interface Connector {
        /**
         * Opens a connection that is ready for commands.
         *
         * @throws IOException the store cannot be reached, or refuses the connection
         */
        StoreConnection open() throws IOException;
    }

    /** The store answered a command with an error. The connection can go on being used. */
    final class Refused extends IOException {
        private static final long serialVersionUID = 1;

        /**
         * Creates the exception.
         *
         * @param code the first word of the error, which holds nothing of the command
         */
        public Refused(String code) {
            super(code);
        }
    }

    /** The connection is closed, or of no use any longer; another one may well be answered. */
    final class Lost extends IOException {
        private static final long serialVersionUID = 1;

        /**
         * Creates the exception.
         *
         * @param code of the error that the store gave as the reason, or another short word
         */
        public Lost(String code, Throwable cause) {
            super(code, cause);
        }
    }

    /**
     * Reads a value.
     *
     * @param maxBytes how many of its bytes are read, at most
     * @return null if there is none, or one of another type than a string
     */
    byte @Nullable [] read(String key, int maxBytes) throws IOException;

    /**
     * Runs a script on one key, atomically.
     *
     * @param script in Lua; it returns a string or nothing, and has the same effect when it is run twice, as it is sent
     *     again on a new connection where the answer was lost
     * @return what the script returns; null: nothing
     */
    byte @Nullable [] run(String script, String key, List<byte[]> arguments) throws IOException;

    @Override
    void close();
}
