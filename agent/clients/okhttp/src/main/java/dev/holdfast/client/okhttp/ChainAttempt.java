package dev.holdfast.client.okhttp;

import dev.holdfast.exchange.LibraryTransport;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import okhttp3.Request;
import okhttp3.Response;

/**
 * An attempt along the chain of the program's own call, on its thread: it has all the time that the program gives it,
 * and ends by itself only.
 */
final class ChainAttempt implements LibraryTransport.Attempt<Response> {
    private final OkHttpTransport transport;
    private final Request sent;
    private volatile boolean cancelled;

    ChainAttempt(OkHttpTransport transport, Request sent) {
        this.transport = transport;
        this.sent = sent;
    }

    @Override
    public Response send() throws IOException {
        return transport.proceed(sent);
    }

    /** A stream of its body, to be read before the program gets it. */
    InputStream cancellable(InputStream body) {
        return new Cancellable(body);
    }

    /** Ends the reading of its body, with the next read. */
    @Override
    public void cancel() {
        cancelled = true;
    }

    private final class Cancellable extends FilterInputStream {
        Cancellable(InputStream in) {
            super(in);
        }

        @Override
        public int read() throws IOException {
            check();
            return in.read();
        }

        @Override
        public int read(byte[] bytes, int offset, int wanted) throws IOException {
            check();
            return in.read(bytes, offset, wanted);
        }

        private void check() throws IOException {
            if (cancelled) {
                throw new IOException("Canceled");
            }
        }
    }
}
