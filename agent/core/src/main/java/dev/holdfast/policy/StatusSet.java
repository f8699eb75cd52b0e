package dev.holdfast.policy;

import java.util.AbstractSet;
import java.util.BitSet;
import java.util.Iterator;
import java.util.Set;

/** Response statuses as bits. Every call asks for one, and a hash set answers with a box and a division. Immutable. */
final class StatusSet extends AbstractSet<Integer> {
    private final long[] bits;
    private final int size;

    private StatusSet(BitSet statuses) {
        bits = statuses.toLongArray();
        size = statuses.cardinality();
    }

    /**
     * A copy.
     *
     * @throws IndexOutOfBoundsException for a negative status
     */
    static StatusSet copyOf(Set<Integer> statuses) {
        if (statuses instanceof StatusSet same) {
            return same;
        }
        BitSet set = new BitSet();
        for (int status : statuses) {
            set.set(status);
        }
        return new StatusSet(set);
    }

    /** The statuses from one to below another. */
    static StatusSet range(int from, int to) {
        BitSet set = new BitSet();
        set.set(from, to);
        return new StatusSet(set);
    }

    @Override
    public boolean contains(Object status) {
        return status instanceof Integer number && has(number);
    }

    /** {@link #contains} without a box. */
    boolean has(int status) {
        int word = status >>> 6;
        return word < bits.length && (bits[word] & 1L << status) != 0;
    }

    @Override
    public Iterator<Integer> iterator() {
        return BitSet.valueOf(bits).stream().iterator();
    }

    @Override
    public int size() {
        return size;
    }
}
