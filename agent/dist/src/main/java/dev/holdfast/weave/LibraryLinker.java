package dev.holdfast.weave;

import dev.holdfast.call.ErrorReporter;
import dev.holdfast.call.Privileges;
import dev.holdfast.instrumentation.ClientAdapter;
import dev.holdfast.instrumentation.ClientInstrumentation;
import dev.holdfast.instrumentation.JoinPoint;
import java.lang.instrument.Instrumentation;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Links the woven methods of libraries in applications' class loaders. Such a method reaches Holdfast by an
 * {@code invokedynamic} instruction, which is linked here when it runs for the first time. A class file older than Java
 * 7 holds a call instead that names the class, for which the copy is looked up each time: by a {@link ClassValue},
 * which allocates nothing, since the JVM allows no field to be added to a class that is loaded.
 *
 * <p>What is found for a copy of a library is kept in one of the copy's own classes, by a {@link ClassValue}: nothing
 * of Holdfast's holds an application. Thread-safe.
 */
final class LibraryLinker {
    /**
     * The beginning of the name of an instruction that stands in place of a call which may be left out; the bridge
     * knows it too. The name of the called method follows.
     */
    static final String SKIP = "skip:";
    /** The same of a call with one argument. */
    static final String SKIP_ONE = "skip-one:";

    /** The objects of an instruction in place of a call without arguments: who is called, and whose method calls. */
    private static final int CALLED_AND_CALLER = 2;

    private final Instrumentation jvm;
    private final Adapters source;
    private final ErrorReporter errorReporter;

    private final ClassValue<AtomicReference<LibraryCopy>> copies = new ClassValue<>() {
        @Override
        protected AtomicReference<LibraryCopy> computeValue(Class<?> anchor) {
            return new AtomicReference<>();
        }
    };

    private final ClassValue<OldClass> oldClasses = new ClassValue<>() {
        @Override
        protected OldClass computeValue(Class<?> woven) {
            return oldClass(woven);
        }
    };

    LibraryLinker(Instrumentation jvm, Adapters source, ErrorReporter errorReporter) {
        this.jvm = jvm;
        this.source = source;
        this.errorReporter = errorReporter;
    }

    /**
     * Links what a woven instruction calls. Anybody can ask; only a class that has the join point is answered, which
     * shows by its own look-up that it is the one who asks.
     *
     * @param caller the look-up of the woven class
     * @param hook the method of {@link ClientAdapter}
     * @param type of the instruction
     * @param client the name of the library's declaration
     * @param root the root package of the copy
     * @param joinPoint its number
     * @return null: the class has no such join point
     */
    @Nullable
    MethodHandle link(
            MethodHandles.Lookup caller, String hook, MethodType type, String client, String root, int joinPoint)
            throws ReflectiveOperationException {
        ClientInstrumentation instrumentation = declared(client);
        String published = instrumentation == null ? null : instrumentation.rootPackage();
        if (instrumentation == null || published == null || !caller.hasFullPrivilegeAccess()) {
            return null;
        }
        Relocation relocation = new Relocation(published, root);
        Class<?> woven = caller.lookupClass();
        if (!hasJoinPoint(instrumentation, relocation, woven, joinPoint)) {
            return null;
        }
        LibraryCopy copy = Privileges.withOwnPrivileges(new FoundCopy(instrumentation, relocation, woven));
        if (copy == null) {
            return null;
        }
        LinkedJoinPoint linked = new LinkedJoinPoint(copy, joinPoint);
        if (hook.startsWith(SKIP_ONE)) {
            return skipping(linked, caller, hook.substring(SKIP_ONE.length()), type, true);
        }
        return hook.startsWith(SKIP)
                ? skipping(linked, caller, hook.substring(SKIP.length()), type, false)
                : linked.handle(hook).asType(type);
    }

    /** Gives the call itself, with the adapter's decision before it. */
    private static MethodHandle skipping(
            LinkedJoinPoint linked, MethodHandles.Lookup caller, String called, MethodType type, boolean hasArgument)
            throws ReflectiveOperationException {
        MethodHandle skips = linked.handle("skip");
        MethodHandle call;
        if (type.parameterCount() == CALLED_AND_CALLER) {
            skips = MethodHandles.insertArguments(skips, CALLED_AND_CALLER, (Object) null);
        }
        if (type.parameterCount() == CALLED_AND_CALLER && !hasArgument) {
            call = MethodHandles.dropArguments(
                    caller.findVirtual(type.parameterType(0), called, MethodType.methodType(void.class)),
                    1,
                    type.parameterType(1));
        } else {
            call = caller.findVirtual(type.parameterType(0), called, type.dropParameterTypes(0, 1));
        }
        return MethodHandles.guardWithTest(
                skips.asType(type.changeReturnType(boolean.class)), MethodHandles.empty(type), call);
    }

    /**
     * Runs at the head of a method of a woven class that cannot be linked, or before or behind a call in it. Anybody
     * can call it; only a class that has the join point, and an object of it, leads to the adapter.
     *
     * @param first the method's first argument, or what is handed over of a call
     * @param woven the class whose method it is
     */
    @Nullable
    Object enter(
            Object self,
            @Nullable Object first,
            @Nullable Object second,
            @Nullable Object third,
            Class<?> woven,
            int joinPoint)
            throws Exception {
        OldClass known;
        try {
            known = oldClasses.get(woven);
        } catch (RuntimeException | LinkageError e) {
            return null; // as if it were not woven
        }
        LibraryCopy copy = known.copy();
        if (copy == null || !woven.isInstance(self)) {
            return null;
        }
        if (has(known.observed(), joinPoint) && first != null) {
            copy.observe(joinPoint, first, null, null, 0);
            return null;
        }
        return has(known.entered(), joinPoint) ? copy.enter(joinPoint, self, first, second, third) : null;
    }

    private static boolean has(long joinPoints, int joinPoint) {
        return joinPoint >= 0 && joinPoint < Long.SIZE && (joinPoints >>> joinPoint & 1) != 0;
    }

    private OldClass oldClass(Class<?> woven) {
        String name = woven.getName().replace('.', '/');
        for (ClientInstrumentation instrumentation : source.clients()) {
            String root = instrumentation.rootPackage();
            Relocation relocation = root == null ? null : Relocation.of(instrumentation, root, name);
            if (relocation == null) {
                continue;
            }
            long entered = 0;
            long observed = 0;
            for (JoinPoint point : instrumentation.joinPoints()) {
                if (relocation.map(point.owner()).equals(name)) {
                    long bit = 1L << point.id();
                    JoinPoint.Kind kind = point.kind();
                    entered |= kind == JoinPoint.Kind.ENTER ? bit : 0;
                    observed |= kind == JoinPoint.Kind.BEFORE || kind == JoinPoint.Kind.AFTER ? bit : 0;
                }
            }
            LibraryCopy copy = (entered | observed) == 0
                    ? null
                    : Privileges.withOwnPrivileges(new FoundCopy(instrumentation, relocation, woven));
            if (copy != null) {
                return new OldClass(copy, entered, observed);
            }
        }
        return new OldClass(null, 0, 0);
    }

    /**
     * A class that calls {@link #enter}.
     *
     * @param copy the library's that it belongs to; null: of none
     * @param entered the join points that it has at the heads of methods: a bit for each number
     * @param observed those that it has before and behind calls
     */
    private record OldClass(@Nullable LibraryCopy copy, long entered, long observed) {}

    private @Nullable ClientInstrumentation declared(String client) {
        for (ClientInstrumentation instrumentation : source.clients()) {
            if (instrumentation.name().equals(client)) {
                return instrumentation;
            }
        }
        return null;
    }

    private static boolean hasJoinPoint(
            ClientInstrumentation instrumentation, Relocation relocation, Class<?> woven, int joinPoint) {
        String name = woven.getName().replace('.', '/');
        for (JoinPoint point : instrumentation.joinPoints()) {
            if (point.id() == joinPoint && relocation.map(point.owner()).equals(name)) {
                return true;
            }
        }
        return false;
    }

    /** Finds a class's copy. No lambda: a program's first call comes through here. */
    private final class FoundCopy implements Supplier<@Nullable LibraryCopy> {
        private final ClientInstrumentation instrumentation;
        private final Relocation relocation;
        private final Class<?> woven;

        FoundCopy(ClientInstrumentation instrumentation, Relocation relocation, Class<?> woven) {
            this.instrumentation = instrumentation;
            this.relocation = relocation;
            this.woven = woven;
        }

        @Override
        public @Nullable LibraryCopy get() {
            return copy(instrumentation, relocation, woven);
        }
    }

    /** All woven classes of a copy find it in the same class: that of the first join point which the version has. */
    private @Nullable LibraryCopy copy(ClientInstrumentation instrumentation, Relocation relocation, Class<?> woven) {
        Class<?> anchor = anchor(instrumentation, relocation, woven);
        AtomicReference<LibraryCopy> place = copies.get(anchor);
        LibraryCopy copy = place.get();
        if (copy == null) {
            LibraryCopy made = new LibraryCopy(jvm, instrumentation, relocation, anchor, source, errorReporter);
            LibraryCopy first = place.compareAndExchange(null, made);
            copy = first == null ? made : first;
        }
        return copy.is(instrumentation, relocation) ? copy : null;
    }

    private static Class<?> anchor(ClientInstrumentation instrumentation, Relocation relocation, Class<?> woven) {
        for (JoinPoint point : instrumentation.joinPoints()) {
            String name = relocation.map(point.owner()).replace('/', '.');
            try {
                return name.equals(woven.getName()) ? woven : Class.forName(name, false, woven.getClassLoader());
            } catch (ClassNotFoundException | LinkageError e) {
                // Not in this version.
            }
        }
        return woven;
    }
}
