package dev.holdfast.call;

import java.util.ArrayList;
import java.util.List;

/** A client whose calls come through Holdfast. There is one instance for each name. Thread-safe. */
public final class Client {
    private static final List<Client> KNOWN = new ArrayList<>();

    private final String label;
    private final int index;

    private Client(String label, int index) {
        this.label = label;
        this.index = index;
    }

    /**
     * The client of this name.
     *
     * @param label the name in log lines and metric labels
     */
    public static Client of(String label) {
        synchronized (KNOWN) {
            for (Client known : KNOWN) {
                if (known.label.equals(label)) {
                    return known;
                }
            }
            Client made = new Client(label, KNOWN.size());
            KNOWN.add(made);
            return made;
        }
    }

    /** The name in log lines and metric labels. */
    public String label() {
        return label;
    }

    /** Returns the number of clients that were named before it: reports list clients in this order. */
    public int index() {
        return index;
    }

    @Override
    public String toString() {
        return label;
    }
}
