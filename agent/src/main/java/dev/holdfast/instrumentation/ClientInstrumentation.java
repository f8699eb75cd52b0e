package dev.holdfast.instrumentation;

import java.util.List;

/**
 * Declares one HTTP client: its name, the methods that are woven, and how its adapter is made. All declarations stand
 * in one list, {@code runtime.Clients}; the weaver, the bridge, the transformer and the counters learn of clients from
 * it and name none.
 *
 * <p>An implementation is stateless and cheap to load: it is made when the first class of any client is woven, long
 * before the client's first call. Only {@link #adapter} may refer to the adapter's classes.
 */
public interface ClientInstrumentation {
    /** The client's name in log lines and metric labels. */
    String name();

    /** The methods that are woven. */
    List<JoinPoint> joinPoints();

    /**
     * Makes the adapter, once for a JVM or for a copy of a library, when the first woven method of the client runs.
     *
     * @param context what the adapter works with
     */
    ClientAdapter adapter(AdapterContext context);

    /** The module of the JDK that the woven classes are in. */
    default String module() {
        return "java.base";
    }

    /**
     * The classes that the adapter needs inside {@code java.base} beside the bridge, in its package, by their simple
     * names. They are defined before the adapter is made.
     */
    default List<String> bridgeClasses() {
        return List.of();
    }
}
