package dev.holdfast.policy;

import org.jspecify.annotations.Nullable;

/**
 * Labels of host patterns that have as many letters before their {@code *}, and as many behind it; or none with a
 * {@code *}. A hash table that looks up a part of a host without a text of its own: this is on the way of a call. Each
 * object on that way may have to come from memory, so that a few labels need no array, and tables are chained.
 *
 * @param <T> what a label leads to
 */
final class LabelTable<T> {
    /** So many labels need no array. */
    private static final int FEW = 2;

    private final int before;
    private final int behind;
    private final boolean starred;
    // By the hash of the letters; a power of two in length, at most full on average. Null where there are few labels.
    private @Nullable Entry<T> @Nullable [] slots;
    private @Nullable Entry<T> few;
    private @Nullable LabelTable<T> next;
    private int size;

    private static final class Entry<T> {
        private final String label;
        private final int hash;
        private final T value;
        private @Nullable Entry<T> next;

        Entry(String label, int hash, T value, @Nullable Entry<T> next) {
            this.label = label;
            this.hash = hash;
            this.value = value;
            this.next = next;
        }
    }

    private LabelTable(int before, int behind, boolean starred) {
        this.before = before;
        this.behind = behind;
        this.starred = starred;
    }

    /** A table of labels without a {@code *}. */
    static <T> LabelTable<T> written() {
        return new LabelTable<>(0, 0, false);
    }

    /** A table of labels with a {@code *}. */
    static <T> LabelTable<T> starred(int before, int behind) {
        return new LabelTable<>(before, behind, true);
    }

    /** The number of letters before the {@code *}. */
    int before() {
        return before;
    }

    /** The number of letters behind the {@code *}. */
    int behind() {
        return behind;
    }

    /** The table of labels that are next in precedence; null: there is none. */
    @Nullable
    LabelTable<T> next() {
        return next;
    }

    /** Returns whether its labels are more specific than others: by their letters, and by those before their star. */
    private boolean isBefore(LabelTable<T> other) {
        int letters = before + behind;
        int others = other.before + other.behind;
        return letters != others ? letters > others : before > other.before;
    }

    /**
     * Puts a table into a chain in the order of precedence.
     *
     * @param first null: the chain is empty
     * @return the first of the chain
     */
    static <T> LabelTable<T> chained(@Nullable LabelTable<T> first, LabelTable<T> added) {
        if (first == null || added.isBefore(first)) {
            added.next = first;
            return added;
        }
        LabelTable<T> one = first;
        while (one.next != null && !added.isBefore(one.next)) {
            one = one.next;
        }
        added.next = one.next;
        one.next = added;
        return first;
    }

    /** Adds a label that is not there. */
    void put(String label, T value) {
        int hash = hash(label, 0, label.length());
        size++;
        @Nullable Entry<T>[] table = slots;
        if (table == null && size <= FEW) {
            few = new Entry<>(label, hash, value, few);
            return;
        }
        if (table == null) {
            table = table(2 * FEW);
            move(few, table);
            few = null;
        } else if (size > table.length) {
            @Nullable Entry<T>[] larger = table(2 * table.length);
            for (Entry<T> chain : table) {
                move(chain, larger);
            }
            table = larger;
        }
        slots = table;
        int slot = slot(table, hash);
        table[slot] = new Entry<>(label, hash, value, table[slot]);
    }

    @SuppressWarnings({"unchecked", "rawtypes"}) // no array of a generic type can be made otherwise
    private static <T> @Nullable Entry<T>[] table(int length) {
        return new Entry[length];
    }

    private static <T> void move(@Nullable Entry<T> chain, @Nullable Entry<T>[] to) {
        Entry<T> entry = chain;
        while (entry != null) {
            Entry<T> next = entry.next;
            int slot = slot(to, entry.hash);
            entry.next = to[slot];
            to[slot] = entry;
            entry = next;
        }
    }

    private static <T> int slot(@Nullable Entry<T>[] slots, int hash) {
        return (hash ^ hash >>> 16) & slots.length - 1;
    }

    /** The value of the label that matches a part of a host; null if there is none. */
    @Nullable
    T find(String host, int start, int end) {
        if (end - start < before + behind) {
            return null;
        }
        int hash = hash(host, start, end);
        @Nullable Entry<T>[] table = slots;
        Entry<T> entry = table == null ? few : table[slot(table, hash)];
        while (entry != null && !(entry.hash == hash && matches(entry.label, host, start, end))) {
            entry = entry.next;
        }
        return entry == null ? null : entry.value;
    }

    private int hash(String text, int start, int end) {
        int hash = 0;
        int last = starred ? start + before : end;
        for (int i = start; i < last; i++) {
            hash = 31 * hash + text.charAt(i);
        }
        for (int i = end - behind; i < end; i++) {
            hash = 31 * hash + text.charAt(i);
        }
        return hash;
    }

    private boolean matches(String label, String host, int start, int end) {
        return starred
                ? host.regionMatches(start, label, 0, before)
                        && host.regionMatches(end - behind, label, before + 1, behind)
                : label.length() == end - start && host.startsWith(label, start);
    }
}
