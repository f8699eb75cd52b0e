package dev.holdfast.fallback;

import java.lang.ref.Reference;
import java.lang.ref.ReferenceQueue;
import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The recordings under way and the memory that they take, so that what is not stored yet is bounded too. Past the bound
 * the largest are given up, before them those that stopped growing long ago. A recording whose body the application
 * dropped without closing it is found by the garbage collector. For one thread at a time: guarded by the store's lock.
 */
final class RecordingMemory {
    /** A recording is stalled when so many times the bound went to others since it grew. */
    private static final int STALLED = 16;

    private final Set<Share> shares = new LinkedHashSet<>();
    private final ReferenceQueue<ResponseRecording> lost = new ReferenceQueue<>();
    private long bytes;
    private long everTaken;

    /** The memory that one recording takes. */
    static final class Share extends WeakReference<ResponseRecording> {
        /** The number of the last invalidation that there had been when it began. */
        private final long began;

        private long bytes;
        private long grewAt;
        private boolean closed;

        private Share(ResponseRecording recording, ReferenceQueue<ResponseRecording> lost, long began) {
            super(recording, lost);
            this.began = began;
        }

        long began() {
            return began;
        }
    }

    /** A share of a recording that takes nothing yet. */
    Share open(ResponseRecording recording, long began) {
        return new Share(recording, lost, began);
    }

    /** Returns the memory that all recordings take. */
    long bytes() {
        forgetLost();
        return bytes;
    }

    /**
     * Adds bytes to a share.
     *
     * @param limit what all may take together; one alone may take more
     * @return the recordings to give up, which take nothing any more
     */
    List<ResponseRecording> grow(Share share, long more, long limit) {
        forgetLost();
        if (share.closed) {
            return List.of();
        }
        shares.add(share);
        share.bytes += more;
        bytes += more;
        everTaken += more;
        share.grewAt = everTaken;
        return bytes > limit && shares.size() > 1 ? giveUp(limit) : List.of();
    }

    /** The recording takes nothing any more. */
    void close(Share share) {
        share.closed = true;
        if (shares.remove(share)) {
            bytes -= share.bytes;
            share.bytes = 0;
        }
    }

    /** With a quarter to spare, so that this is not done for each piece. */
    private List<ResponseRecording> giveUp(long limit) {
        List<Share> ordered = new ArrayList<>(shares);
        ordered.sort(Comparator.<Share>comparingInt(share -> isStalled(share, limit) ? 0 : 1)
                .thenComparing(
                        Comparator.comparingLong((Share share) -> share.bytes).reversed()));
        List<ResponseRecording> given = new ArrayList<>();
        for (Share share : ordered) {
            if (bytes <= limit / 4 * 3 || shares.size() == 1) {
                break;
            }
            close(share);
            @Nullable ResponseRecording recording = share.get();
            if (recording != null) {
                given.add(recording);
            }
        }
        return given;
    }

    private boolean isStalled(Share share, long limit) {
        return everTaken - share.grewAt > STALLED * limit;
    }

    private void forgetLost() {
        for (Reference<? extends ResponseRecording> one = lost.poll(); one != null; one = lost.poll()) {
            close((Share) one);
        }
    }
}
