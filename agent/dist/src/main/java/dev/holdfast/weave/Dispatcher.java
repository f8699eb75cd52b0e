package dev.holdfast.weave;

import dev.holdfast.call.ErrorReporter;
import dev.holdfast.call.Privileges;
import dev.holdfast.instrumentation.AdapterContext;
import dev.holdfast.instrumentation.ClientAdapter;
import dev.holdfast.instrumentation.ClientInstrumentation;
import java.lang.instrument.Instrumentation;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.util.List;
import org.jspecify.annotations.Nullable;
import sun.net.www.HoldfastBridge;

/**
 * The near end of {@link HoldfastBridge}: what woven code of the JDK reaches, and where that of libraries is linked.
 * For a call that is none of Holdfast's business it adds a few field reads and allocates nothing. Cannot be loaded
 * before {@link Bridge#install} has defined its superclass.
 */
final class Dispatcher extends HoldfastBridge {
    private final Adapters source;
    private final List<ClientInstrumentation> clients;
    private final ErrorReporter errorReporter;

    /**
     * By the client's place in the list; null: not made yet. Read without a lock or a barrier, which is enough for
     * adapters, whose fields are final.
     */
    private final @Nullable ClientAdapter[] adapters;

    private final boolean[] broken;
    private final Instrumentation jvm;
    private volatile @Nullable LibraryLinker linker;

    private Dispatcher(Instrumentation jvm, Adapters source, ErrorReporter errorReporter) {
        this.jvm = jvm;
        this.source = source;
        this.clients = source.clients();
        this.errorReporter = errorReporter;
        this.adapters = new ClientAdapter[clients.size()];
        this.broken = new boolean[clients.size()];
    }

    static void connect(Instrumentation jvm, Adapters source, ErrorReporter errorReporter) {
        install(new Dispatcher(jvm, source, errorReporter));
    }

    @Override
    protected @Nullable MethodHandle onLink(
            MethodHandles.Lookup caller, String hook, MethodType type, String client, String root, int joinPoint)
            throws ReflectiveOperationException {
        return linker().link(caller, hook, type, client, root, joinPoint);
    }

    @Override
    protected @Nullable Object onEnterLibrary(
            Object self,
            @Nullable Object first,
            @Nullable Object second,
            @Nullable Object third,
            Class<?> woven,
            int joinPoint)
            throws Exception {
        LibraryLinker made = linker;
        return (made == null ? linker() : made).enter(self, first, second, third, woven, joinPoint);
    }

    /** Made when the first library is linked. */
    private synchronized LibraryLinker linker() {
        LibraryLinker made = linker;
        if (made == null) {
            made = new LibraryLinker(jvm, source, errorReporter);
            linker = made;
        }
        return made;
    }

    @Override
    protected @Nullable Object onEnter(
            Object self,
            @Nullable Object first,
            @Nullable Object second,
            @Nullable Object third,
            int client,
            int joinPoint)
            throws Exception {
        ClientAdapter adapter = adapters[client];
        if (adapter == null) {
            adapter = make(client);
        }
        return adapter == null ? null : adapter.enter(joinPoint, self, first, second, third);
    }

    @Override
    protected @Nullable Object onResult(
            @Nullable Object value, @Nullable Object first, @Nullable Object second, int client, int joinPoint) {
        ClientAdapter adapter = adapters[client];
        if (adapter == null) {
            adapter = make(client);
        }
        return adapter == null ? value : adapter.result(joinPoint, value, first, second);
    }

    // No adapter yet: the client has no call.

    @Override
    protected boolean onGuard(Object self, int client, int joinPoint) {
        ClientAdapter adapter = adapters[client];
        return adapter != null && adapter.guard(joinPoint, self);
    }

    @Override
    protected void onObserve(
            Object subject, @Nullable Object first, @Nullable Object second, int number, int client, int joinPoint) {
        ClientAdapter adapter = adapters[client];
        if (adapter != null) {
            adapter.observe(joinPoint, subject, first, second, number);
        }
    }

    private @Nullable ClientAdapter make(int client) {
        AdapterContext context = source.context(clients.get(client));
        if (context == null) {
            return null;
        }
        synchronized (adapters) {
            ClientAdapter made = adapters[client];
            if (made == null && !broken[client]) {
                ClientInstrumentation instrumentation = clients.get(client);
                try {
                    made = Privileges.withOwnPrivileges(() -> {
                        Bridge.define(instrumentation.bridgeClasses());
                        return instrumentation.adapter(context);
                    });
                    adapters[client] = made;
                } catch (RuntimeException | LinkageError e) {
                    broken[client] = true;
                    errorReporter.report(
                            "the adapter for " + instrumentation.name()
                                    + " cannot be made; its calls run without policies",
                            e);
                }
            }
            return made;
        }
    }
}
