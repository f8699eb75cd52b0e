package dev.holdfast.fallback;

import dev.holdfast.policy.ByteString;
import java.io.IOException;
import java.io.OutputStream;
import java.util.function.Consumer;

/**
 * The body of a kept answer, in pieces, as it was recorded. Immutable until its store takes it apart again: one that
 * nobody but the store has seen gives its pieces to later recordings. To write 64 KiB into new memory for each call
 * cost as much as the copy and all else about recording (3 us of 6), and its collection came on top. Whether anybody
 * has seen it is guarded by the store's lock.
 */
final class StoredBody {
    private final byte[][] pieces;
    private final int length;
    private boolean seen;

    private StoredBody(byte[][] pieces, int length, boolean seen) {
        this.pieces = pieces;
        this.length = length;
        this.seen = seen;
    }

    /** One that was recorded: all pieces are full. */
    static StoredBody recorded(byte[][] pieces, int length) {
        return new StoredBody(pieces, length, false);
    }

    /** One that came in one piece, which is not changed any more. */
    static StoredBody of(byte[] bytes) {
        return new StoredBody(new byte[][] {bytes}, bytes.length, true);
    }

    /** Returns the number of bytes. */
    int length() {
        return length;
    }

    /** Marks it as handed to a caller that may hold it without limit. */
    void show() {
        seen = true;
    }

    /** Hands each piece to later recordings, unless a caller has seen it. Not to be used afterwards. */
    void recycle(Consumer<byte[]> to) {
        if (!seen) {
            seen = true;
            for (byte[] piece : pieces) {
                to.accept(piece);
            }
        }
    }

    /** All of it in one piece. */
    ByteString whole() {
        if (pieces.length == 1) {
            return ByteString.owning(pieces[0]);
        }
        byte[] whole = new byte[length];
        int at = 0;
        for (byte[] piece : pieces) {
            System.arraycopy(piece, 0, whole, at, piece.length);
            at += piece.length;
        }
        return ByteString.owning(whole);
    }

    void writeTo(OutputStream out) throws IOException {
        for (byte[] piece : pieces) {
            out.write(piece);
        }
    }
}
