package dev.holdfast.weave;

import dev.holdfast.call.ErrorReporter;
import dev.holdfast.call.Privileges;
import dev.holdfast.instrumentation.AdapterContext;
import dev.holdfast.instrumentation.ClientAdapter;
import dev.holdfast.instrumentation.ClientInstrumentation;
import java.io.IOException;
import java.lang.instrument.Instrumentation;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * One copy of a library in one application, as its woven methods reach it: hands on to the adapter, which is made with
 * the first call. A copy that the adapter does not fit is left alone. Held by the copy's own classes alone.
 * Thread-safe.
 */
final class LibraryCopy implements ClientAdapter {
    private static final int LONGEST_WAIT_SECONDS = 1;

    private final Instrumentation jvm;
    private final ClientInstrumentation instrumentation;
    private final Relocation relocation;
    private final Class<?> anchor;
    private final Adapters source;
    private final ErrorReporter errorReporter;
    private final AtomicBoolean begun = new AtomicBoolean();
    private final CountDownLatch ended = new CountDownLatch(1);
    private volatile @Nullable Thread makingThread;
    private volatile @Nullable ClientAdapter adapter;
    private volatile boolean leftAlone;

    LibraryCopy(
            Instrumentation jvm,
            ClientInstrumentation instrumentation,
            Relocation relocation,
            Class<?> anchor,
            Adapters source,
            ErrorReporter errorReporter) {
        this.jvm = jvm;
        this.instrumentation = instrumentation;
        this.relocation = relocation;
        this.anchor = anchor;
        this.source = source;
        this.errorReporter = errorReporter;
    }

    /** Returns whether it is the copy that a woven class belongs to. */
    boolean is(ClientInstrumentation of, Relocation where) {
        // Not by the record's own equals, which the JDK links, by method handles, in the middle of a first call.
        return instrumentation == of && relocation.to().equals(where.to());
    }

    @Override
    public @Nullable Object enter(
            int joinPoint, Object self, @Nullable Object first, @Nullable Object second, @Nullable Object third)
            throws Exception {
        ClientAdapter made = adapter();
        return made == null ? null : made.enter(joinPoint, self, first, second, third);
    }

    @Override
    public @Nullable Object result(
            int joinPoint, @Nullable Object value, @Nullable Object first, @Nullable Object second) {
        ClientAdapter made = adapter();
        return made == null ? value : made.result(joinPoint, value, first, second);
    }

    @Override
    public boolean guard(int joinPoint, Object self) {
        ClientAdapter made = adapter;
        return made != null && made.guard(joinPoint, self);
    }

    @Override
    public void observe(int joinPoint, Object subject, @Nullable Object first, @Nullable Object second, int number) {
        ClientAdapter made = adapter;
        if (made != null) {
            made.observe(joinPoint, subject, first, second, number);
        }
    }

    @Override
    public boolean skip(int joinPoint, Object receiver, @Nullable Object first, @Nullable Object second) {
        ClientAdapter made = adapter;
        return made != null && made.skip(joinPoint, receiver, first, second);
    }

    private @Nullable ClientAdapter adapter() {
        ClientAdapter made = adapter;
        return made != null || leftAlone ? made : make();
    }

    /**
     * Not under a lock: to look the library's classes up may lead into class loaders of the application, with locks of
     * their own. Others wait for a moment; where that would be for ever, their calls run without policies.
     */
    private @Nullable ClientAdapter make() {
        AdapterContext context = source.context(instrumentation);
        if (context == null) {
            return null;
        }
        if (begun.compareAndSet(false, true)) {
            makingThread = Thread.currentThread();
            try {
                adapter = Privileges.withOwnPrivileges(new CheckedAdapter(context));
            } catch (RuntimeException | LinkageError e) {
                errorReporter.report(
                        "the adapter for " + instrumentation.name() + " cannot be made; its calls run without policies",
                        e);
            } finally {
                leftAlone = adapter == null;
                makingThread = null;
                ended.countDown();
            }
        } else if (makingThread != Thread.currentThread()) {
            await();
        }
        return adapter;
    }

    /** Makes the adapter. No lambda: a program's first call comes through here. */
    private final class CheckedAdapter implements Supplier<@Nullable ClientAdapter> {
        private final AdapterContext context;

        CheckedAdapter(AdapterContext context) {
            this.context = context;
        }

        @Override
        public @Nullable ClientAdapter get() {
            return checked(context);
        }
    }

    private void await() {
        try {
            if (!ended.await(LONGEST_WAIT_SECONDS, TimeUnit.SECONDS)) {
                errorReporter.report(
                        "the adapter for " + instrumentation.name() + " is not made yet; a call runs without policies",
                        null);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private @Nullable ClientAdapter checked(AdapterContext context) {
        String name = instrumentation.getClass().getName();
        try {
            Relocations relocations = Relocations.of(relocation, instrumentation, anchor.getClassLoader());
            ClientLoader loader = new ClientLoader(instrumentation, anchor.getClassLoader(), relocations);
            String missing = new AdapterCheck(jvm, loader, relocations).missing(name);
            if (missing == null) {
                return Class.forName(name, true, loader)
                        .asSubclass(ClientInstrumentation.class)
                        .getConstructor()
                        .newInstance()
                        .adapter(context);
            }
            UnfitCopies.report(errorReporter, instrumentation, anchor.getProtectionDomain(), anchor.getName(), missing);
            return null;
        } catch (IOException | ReflectiveOperationException e) {
            throw new IllegalStateException(e);
        }
    }
}
