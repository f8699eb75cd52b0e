package dev.holdfast.instrumentation;

import java.util.List;
import org.jspecify.annotations.Nullable;

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

    /**
     * The root package of a library that applications bring along, with slashes, as the library was published: the
     * owners of all join points are below it, and so is all that the adapter uses of the library. Copies under another
     * root package are recognized by their shape, and the adapter's classes are relocated for them.
     *
     * <p>The adapter of a library stands in the declaration's package, whose classes are defined anew for each copy of
     * the library, this one included: {@link #adapter} is called on an instance of the copy's own.
     *
     * @return null: the client is the JDK's
     */
    default @Nullable String rootPackage() {
        return null;
    }

    /**
     * The libraries that this one brings along and that its adapter uses too. A copy that was relocated has those
     * relocated as well, or not.
     */
    default List<Companion> companions() {
        return List.of();
    }

    /**
     * A library beside the declared one.
     *
     * @param rootPackage the root package that it was published with, with slashes
     * @param type one of its classes as published, with slashes, which is the type of a parameter of {@code method}: so
     *     that it shows where a copy has the library
     * @param witness a class of the declared library, as published, with slashes
     * @param method a method of {@code witness}
     */
    record Companion(String rootPackage, String type, String witness, String method) {}

    /** The versions of the library that the adapter is made for, for messages; empty for the JDK. */
    default String versions() {
        return "";
    }

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
