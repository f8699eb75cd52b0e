package dev.holdfast.fallback;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;

/**
 * An answer that is recorded while the application reads it. It is kept once its body was complete and its client said that
 * nothing speaks against it. The body may come from one thread and the word from another.
 *
 * <p>Nothing that goes wrong here reaches the application: then the answer is not kept.
 */
public final class Recording {
    /** How large the pieces are that a body is recorded in, but for the last: what the JDK's clients read at once, at most. */
    static final int PIECE = 16 * 1024;

    private static final byte[] NONE = new byte[0];

    private final Consumer<Body> kept;
    private final Consumer<Throwable> defects;
    private final Spares spares;
    private final long expected;
    private final long maxBytes;
    private final List<byte[]> pieces = new ArrayList<>();
    private List<byte[]> spare = List.of();
    private byte[] piece = NONE;
    private int inPiece;
    private long length;
    private boolean failed;
    private boolean complete;
    private boolean confirmed;
    private boolean over;

    /** Pieces that were used before. */
    interface Spares {
        /** So many, or as many of them as there are, in a list to take them from. */
        List<byte[]> take(int wanted);

        /** One that nobody uses any more. */
        void give(byte[] piece);
    }

    /**
     * Begins.
     *
     * @param kept what there is to do with a whole body in the end
     * @param defects hears what went wrong here
     * @param spares where pieces may come from
     * @param expected how long the body says it is, 0 if it does not
     * @param maxBytes how long it may be
     */
    Recording(Consumer<Body> kept, Consumer<Throwable> defects, Spares spares, long expected, long maxBytes) {
        this.kept = kept;
        this.defects = defects;
        this.spares = spares;
        this.expected = expected;
        this.maxBytes = maxBytes;
    }

    /** The next bytes; the buffer is left as it is. */
    public void add(ByteBuffer buffer) {
        int from = buffer.position();
        int left = buffer.remaining();
        while (left > 0 && hasRoom(left)) {
            int n = Math.min(left, piece.length - inPiece);
            buffer.get(from, piece, inPiece, n);
            inPiece += n;
            length += n;
            from += n;
            left -= n;
        }
    }

    /** The next bytes. */
    public void add(byte[] bytes, int offset, int more) {
        int from = offset;
        int left = more;
        while (left > 0 && hasRoom(left)) {
            int n = Math.min(left, piece.length - inPiece);
            System.arraycopy(bytes, from, piece, inPiece, n);
            inPiece += n;
            length += n;
            from += n;
            left -= n;
        }
    }

    /** How many bytes it takes. */
    long held() {
        return (long) pieces.size() * PIECE + piece.length;
    }

    private boolean hasRoom(int more) {
        if (!failed && length + more > maxBytes) {
            giveUp();
        } else if (!failed && inPiece == piece.length) {
            try {
                next();
            } catch (RuntimeException | LinkageError | OutOfMemoryError e) {
                giveUp();
                defects.accept(e);
            }
        }
        return !failed;
    }

    private void next() {
        if (piece != NONE) {
            pieces.add(piece);
        }
        long left = expected - length;
        if (left > 0 && left < PIECE) {
            piece = new byte[(int) left];
        } else {
            if (spare.isEmpty()) {
                spare = spares.take((int) Math.max(1, Math.min(left, maxBytes) / PIECE));
            }
            piece = spare.isEmpty() ? new byte[PIECE] : spare.remove(spare.size() - 1);
        }
        inPiece = 0;
    }

    private void giveUp() {
        failed = true;
        giveBack(piece);
        pieces.forEach(this::giveBack);
        spare.forEach(this::giveBack);
        pieces.clear();
        spare = List.of();
        piece = NONE;
        inPiece = 0;
    }

    private void giveBack(byte[] one) {
        if (one.length == PIECE) {
            spares.give(one);
        }
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
        synchronized (this) {
            if (!complete || !confirmed || failed || over) {
                return;
            }
            over = true;
        }
        try {
            kept.accept(body());
        } catch (RuntimeException | LinkageError | OutOfMemoryError e) {
            defects.accept(e);
        }
    }

    private Body body() {
        if (inPiece == piece.length) {
            pieces.add(piece);
        } else {
            pieces.add(Arrays.copyOf(piece, inPiece));
            giveBack(piece);
        }
        spare.forEach(this::giveBack);
        Body body = Body.recorded(pieces.toArray(byte[][]::new), (int) length);
        // What a body of the application's own may still say after its end must not reach the memory of others.
        failed = true;
        piece = NONE;
        return body;
    }
}
