package dev.holdfast.runtime;

import dev.holdfast.call.Client;
import dev.holdfast.client.apache4.Apache4Instrumentation;
import dev.holdfast.client.apache5.Apache5Instrumentation;
import dev.holdfast.client.jdkhttp.JdkHttpInstrumentation;
import dev.holdfast.client.okhttp.OkHttpInstrumentation;
import dev.holdfast.client.urlconnection.UrlConnectionInstrumentation;
import dev.holdfast.instrumentation.ClientInstrumentation;
import java.util.List;

/**
 * The one list of the clients whose calls come through Holdfast. A new client adds one line, and has
 * {@code launch.WatchedClasses} written anew ({@code WatchedClassesTest} says how). Loaded when the first class of a
 * client is woven.
 */
public final class Clients {
    /** All of them, in the order in which reports list them. */
    public static final List<ClientInstrumentation> ALL = List.of( //
            new JdkHttpInstrumentation(), //
            new UrlConnectionInstrumentation(), //
            new Apache5Instrumentation(), //
            new OkHttpInstrumentation(), //
            new Apache4Instrumentation());

    static {
        for (ClientInstrumentation client : ALL) {
            Client.of(client.name());
        }
    }

    private Clients() {}
}
