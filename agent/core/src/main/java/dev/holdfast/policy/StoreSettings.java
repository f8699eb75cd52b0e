package dev.holdfast.policy;

import java.util.List;

/**
 * The shared store of several JVMs, as the configuration describes it. Immutable.
 *
 * @param nodes where it is, each a host and a port with a colon between them: one server, or the sentinels, or some of
 *     the nodes of a cluster
 * @param tls whether connections use TLS
 * @param user the user's name; empty for the default one
 * @param password the user's password; empty for none
 * @param database the number of the database
 * @param sentinelMaster the name under which sentinels know the server; empty where the nodes are no sentinels
 * @param cluster whether the nodes belong to a cluster
 * @param timeoutNanos how long a call waits for the store, at most, in nanoseconds
 * @param namespace the beginning of all names in the store
 * @param key what the keys of encryption are derived from; empty: no response is shared
 * @param breakerHints whether instances hint each other at breakers that open
 * @param source where the nodes come from
 */
public record StoreSettings(
        List<String> nodes,
        boolean tls,
        String user,
        String password,
        int database,
        String sentinelMaster,
        boolean cluster,
        long timeoutNanos,
        String namespace,
        String key,
        boolean breakerHints,
        ValueSource source) {
    /** Copies the list. */
    public StoreSettings {
        nodes = List.copyOf(nodes);
    }

    /** Returns where the store is, for people: by the name of the variable where it comes from one. */
    public String where() {
        return source.shown(String.join(",", nodes));
    }

    /** Returns the type's name, without what may be a credential. */
    @Override
    public String toString() {
        return "StoreSettings";
    }
}
