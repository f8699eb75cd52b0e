package dev.holdfast.fallback;

import dev.holdfast.policy.Content;
import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * An answer that is recorded while the application reads it. It is kept once its body was complete and its client said that
 * nothing speaks against it. The body may come from one thread and the word from another.
 */
public final class Recording {
    private static final int FIRST = 1024;

    private final Kept kept;
    private final long maxBytes;
    private byte[] body;
    private int length;
    private boolean tooLarge;
    private boolean complete;
    private boolean confirmed;
    private boolean over;

    /** What there is to do in the end. */
    @FunctionalInterface
    interface Kept {
        /** With a whole body. */
        void with(Content body);
    }

    /**
     * Begins.
     *
     * @param expected how long the body says it is, 0 if it does not
     * @param maxBytes how long it may be
     */
    Recording(Kept kept, long expected, long maxBytes) {
        this.kept = kept;
        this.maxBytes = maxBytes;
        this.body = new byte[(int) Math.min(expected > 0 ? expected : FIRST, maxBytes)];
    }

    /** The next bytes; the buffer is left as it is. */
    public void add(ByteBuffer buffer) {
        int more = buffer.remaining();
        if (makeRoom(more)) {
            buffer.get(buffer.position(), body, length, more);
            length += more;
        }
    }

    /** The next bytes. */
    public void add(byte[] bytes, int offset, int more) {
        if (makeRoom(more)) {
            System.arraycopy(bytes, offset, body, length, more);
            length += more;
        }
    }

    /** How many bytes it takes. */
    int held() {
        return body.length;
    }

    private boolean makeRoom(int more) {
        if (tooLarge || (long) length + more > maxBytes) {
            tooLarge = true;
            body = new byte[0];
            return false;
        }
        if (length + more > body.length) {
            body = Arrays.copyOf(body, (int) Math.min(maxBytes, Math.max(length + more, body.length * 2L)));
        }
        return true;
    }

    /** There are no more bytes. */
    public void complete() {
        synchronized (this) {
            complete = true;
        }
        end();
    }

    /** Nothing speaks against keeping it. */
    public void confirm() {
        synchronized (this) {
            confirmed = true;
        }
        end();
    }

    private void end() {
        Content whole;
        synchronized (this) {
            if (!complete || !confirmed || tooLarge || over) {
                return;
            }
            over = true;
            whole = Content.owning(length == body.length ? body : Arrays.copyOf(body, length));
        }
        kept.with(whole);
    }
}
