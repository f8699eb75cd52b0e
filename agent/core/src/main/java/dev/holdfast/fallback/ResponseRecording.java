package dev.holdfast.fallback;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * An answer that is recorded while the application reads it. It is kept once its body was complete and its client said
 * that nothing speaks against it. The body may come from one thread and the word from another.
 *
 * <p>Its memory counts towards the bound of the cache from the first byte on; a store that needs it back takes it, from
 * whatever thread. Nothing that goes wrong here reaches the application: then the answer is not kept.
 */
public final class ResponseRecording {
    /**
     * The size of the pieces that a body is recorded in, except for the last: what the JDK's clients read at once, at
     * most.
     */
    static final int PIECE = 16 * 1024;

    private static final byte[] NONE = new byte[0];

    private final Consumer<Throwable> defects;
    private final Memory memory;
    private final RecordingMemory.Share share;
    private final long expected;
    private final long maxBytes;
    private int inPiece;
    private long length;

    // Guarded by this, but that the thread of the body reads its piece without: see the checks where it does.
    private @Nullable Consumer<StoredBody> kept;
    private final List<byte[]> pieces;
    private List<byte[]> spare = List.of();
    private byte[] piece = NONE;
    private boolean complete;
    private boolean confirmed;
    private boolean over;

    private volatile boolean failed;
    /** Set once, before the recording is published. */
    private boolean ofHead;

    /** Accounts for the memory of recordings. Thread-safe. */
    interface Memory {
        /** A share of a recording that takes nothing yet. */
        RecordingMemory.Share open(ResponseRecording recording);

        /**
         * Accounts for more memory. May give up other recordings for it, or this one.
         *
         * @param bytes how much is needed now
         * @param pieces how many pieces will be
         * @return pieces that were used before, at most as many, in a list to take them from
         */
        List<byte[]> take(RecordingMemory.Share share, int bytes, int pieces);

        /** Takes a piece that is not in use any more. */
        void give(byte[] piece);

        /** Nothing of the share is in use by its recording any more. */
        void close(RecordingMemory.Share share);
    }

    /**
     * Begins.
     *
     * @param kept what there is to do with a whole body in the end
     * @param defects receives defects of the recording
     * @param memory where pieces come from
     * @param expected how long the body says it is, 0 if it does not
     * @param maxBytes how long it may be
     */
    ResponseRecording(
            Consumer<StoredBody> kept, Consumer<Throwable> defects, Memory memory, long expected, long maxBytes) {
        this.kept = kept;
        this.defects = defects;
        this.memory = memory;
        this.expected = expected;
        this.maxBytes = maxBytes;
        this.share = memory.open(this);
        this.pieces = new ArrayList<>((int) Math.min(16, expected / PIECE + 1));
    }

    /**
     * None of a body, but of a response that says something about what is stored: that is done once it is confirmed,
     * since the response may turn out to be another URL's.
     */
    static ResponseRecording ofHead(Runnable done, Consumer<Throwable> defects, Memory memory) {
        ResponseRecording recording = new ResponseRecording(body -> done.run(), defects, memory, 0, 0);
        recording.ofHead = true;
        recording.complete = true;
        return recording;
    }

    /** Returns whether it wants the body. */
    public boolean isOfBody() {
        return !ofHead;
    }

    /** The next bytes; the buffer is left as it is. */
    public void add(ByteBuffer buffer) {
        int from = buffer.position();
        int left = buffer.remaining();
        while (left > 0 && hasRoom(left)) {
            byte[] to = piece;
            int n = Math.min(left, to.length - inPiece);
            if (n <= 0) {
                return; // given up by another thread just now
            }
            buffer.get(from, to, inPiece, n);
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
            byte[] to = piece;
            int n = Math.min(left, to.length - inPiece);
            if (n <= 0) {
                return; // given up by another thread just now
            }
            System.arraycopy(bytes, from, to, inPiece, n);
            inPiece += n;
            length += n;
            from += n;
            left -= n;
        }
    }

    /** Returns the number of bytes it takes. */
    synchronized long held() {
        return (long) (pieces.size() + spare.size()) * PIECE + piece.length;
    }

    private boolean hasRoom(int more) {
        if (failed) {
            return false;
        }
        if (length + more > maxBytes) {
            abandon();
        } else if (inPiece == piece.length) {
            try {
                next();
            } catch (RuntimeException | LinkageError | OutOfMemoryError e) {
                abandon();
                defects.accept(e);
            }
        }
        return !failed;
    }

    private void next() {
        long left = expected - length;
        int size = left > 0 && left < PIECE ? (int) left : PIECE;
        byte[] fresh = null;
        synchronized (this) {
            if (size == PIECE && !spare.isEmpty()) {
                fresh = spare.remove(spare.size() - 1);
            }
        }
        List<byte[]> taken = List.of();
        if (fresh == null) {
            int wanted = size < PIECE ? 0 : (int) Math.max(1, Math.min(left, maxBytes) / PIECE);
            taken = memory.take(share, size, wanted); // without our monitor: it may give others up
            fresh = taken.isEmpty() ? new byte[size] : taken.remove(taken.size() - 1);
        }
        synchronized (this) {
            if (!failed) {
                if (piece != NONE) {
                    pieces.add(piece);
                }
                if (!taken.isEmpty()) {
                    spare = taken;
                }
                piece = fresh;
                inPiece = 0;
            }
        }
    }

    /** It is not to be kept, says whatever thread. */
    public void cancel() {
        drop();
        memory.close(share);
    }

    /** It is not to be kept, says the thread that the body comes from: its memory can be used again. */
    private void abandon() {
        List<byte[]> unused = new ArrayList<>();
        synchronized (this) {
            if (over || failed) {
                return;
            }
            unused.addAll(pieces);
            unused.addAll(spare);
            unused.add(piece);
            clear();
        }
        memory.close(share);
        unused.forEach(this::giveBack);
    }

    /**
     * It takes too much, says whatever thread: its share is closed. Its memory is not used again, since the thread of
     * the body may be writing to it.
     */
    synchronized void drop() {
        if (!over) {
            clear();
        }
    }

    private void clear() {
        failed = true;
        kept = null;
        pieces.clear();
        spare = List.of();
        piece = NONE;
    }

    private void giveBack(byte[] one) {
        if (one.length == PIECE) {
            memory.give(one);
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
        Consumer<StoredBody> to;
        synchronized (this) {
            to = kept;
            if (!complete || !confirmed || failed || over || to == null) {
                return;
            }
            over = true;
        }
        try {
            StoredBody body = body();
            memory.close(share);
            to.accept(body);
        } catch (RuntimeException | LinkageError | OutOfMemoryError e) {
            memory.close(share);
            defects.accept(e);
        }
    }

    private StoredBody body() {
        if (inPiece == piece.length) {
            pieces.add(piece);
        } else {
            pieces.add(Arrays.copyOf(piece, inPiece));
            giveBack(piece);
        }
        spare.forEach(this::giveBack);
        StoredBody body = StoredBody.recorded(pieces.toArray(byte[][]::new), (int) length);
        // What a body of the application's own may still say after its end must not reach the memory of others.
        failed = true;
        piece = NONE;
        return body;
    }
}
