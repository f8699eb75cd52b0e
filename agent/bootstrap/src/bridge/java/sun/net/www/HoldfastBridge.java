package sun.net.www;

import java.lang.invoke.CallSite;
import java.lang.invoke.ConstantCallSite;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;

/**
 * The way from a woven JDK method into Holdfast. The agent defines it in {@code java.base} at run time, so that the
 * JDK's own classes can link to it without anything being appended to the boot class path (which prints a warning and
 * costs the application its shared class archive).
 *
 * <p>It stands in a package that {@code java.base} exports to {@code java.net.http} and to no application: code outside
 * the JDK can neither link to it, subclass it nor reflect on it, with or without a security manager. The agent exports
 * the package to its own module when it defines the class. In an exported package, such as {@code java.net}, these
 * methods would be everybody's: any code could read all requests or forge responses.
 *
 * <p>Each method is told by numbers which client and which of its join points it is called for, and speaks of
 * {@link Object}: this class knows no client, and the boot loader sees the types of few. Thread-safe; the hook is set
 * once, before the first woven class is defined.
 */
public abstract class HoldfastBridge {
    private static final Object INSTALLING = new Object();

    /** The parameters of {@code result}, where libraries call it; {@code enter} has four. */
    private static final int RESULT_PARAMETERS = 3;

    /** The beginning of the name of an instruction in place of a call that may be left out. */
    private static final String SKIP = "skip:";

    /** The objects of such an instruction for a call without arguments: who is called, and whose method calls. */
    private static final int CALLED_AND_CALLER = 2;

    private static volatile HoldfastBridge hook;

    /** Allows the agent's one implementation. */
    protected HoldfastBridge() {}

    /**
     * Sets the implementation that all woven methods lead to, for as long as the JVM runs.
     *
     * @param implementation the agent's hook
     * @throws IllegalStateException if one was installed before
     */
    protected static void install(HoldfastBridge implementation) {
        synchronized (INSTALLING) {
            if (hook != null) {
                throw new IllegalStateException("a hook is installed already");
            }
            hook = implementation;
        }
    }

    /**
     * Stands at the head of a method that returns an object.
     *
     * @param self the object whose method was called
     * @param first the first argument, or null
     * @param second the second argument, or null
     * @param third the third argument, or null
     * @param client which client
     * @param joinPoint which of its join points
     * @return the object to return, or null: run the original body
     * @throws Exception what the method ends in
     */
    public static Object enter(Object self, Object first, Object second, Object third, int client, int joinPoint)
            throws Exception {
        HoldfastBridge h = hook;
        return h == null ? null : h.onEnter(self, first, second, third, client, joinPoint);
    }

    /**
     * Stands at the head of a method that returns nothing.
     *
     * @param self the object whose method was called
     * @param client which client
     * @param joinPoint which of its join points
     * @return true: do not run the original body
     */
    public static boolean guard(Object self, int client, int joinPoint) {
        HoldfastBridge h = hook;
        return h != null && h.onGuard(self, client, joinPoint);
    }

    /**
     * Stands at each return of a method, or behind a call.
     *
     * @param value what the method returns, or what the call returned
     * @param first the method's first argument, or null
     * @param second the method's second argument, or null
     * @param client which client
     * @param joinPoint which of its join points
     * @return what takes the place of {@code value}
     */
    public static Object result(Object value, Object first, Object second, int client, int joinPoint) {
        HoldfastBridge h = hook;
        return h == null ? value : h.onResult(value, first, second, client, joinPoint);
    }

    /**
     * Stands before or behind a call.
     *
     * @param subject the call's last argument or its result
     * @param first what else is of interest, or null
     * @param second what else is of interest, or null
     * @param number a number that is of interest, or 0
     * @param client which client
     * @param joinPoint which of its join points
     */
    public static void observe(Object subject, Object first, Object second, int number, int client, int joinPoint) {
        HoldfastBridge h = hook;
        if (h != null) {
            h.onObserve(subject, first, second, number, client, joinPoint);
        }
    }

    /**
     * Links an instruction in a woven method of a library in an application's class loader, for which
     * {@code java.net.HoldfastLinker} asks: what such a loader sees. Everybody can ask that class; a class that is not
     * woven is answered as if there were no agent. Never throws: that would fail the method.
     *
     * @param caller the look-up of the woven class
     * @param hook what the instruction calls
     * @param type of the instruction
     * @param client the client's name
     * @param root the root package of the library's copy
     * @param joinPoint which of the client's join points
     * @return a site that leads to the adapter; or one that lets the method run as if it were not woven
     */
    public static CallSite link(
            MethodHandles.Lookup caller, String hook, MethodType type, String client, String root, int joinPoint) {
        MethodHandle target = null;
        try {
            HoldfastBridge h = HoldfastBridge.hook;
            target = h == null ? null : h.onLink(caller, hook, type, client, root, joinPoint);
        } catch (Throwable e) {
            // As if it were not woven.
        }
        return new ConstantCallSite(target != null ? target : unwoven(caller, hook, type));
    }

    /**
     * Stands at the head of a method of a library whose class file cannot hold an instruction to be linked;
     * {@code java.net.HoldfastLinker} leads here. Everybody can call that class; whoever does reaches no more than the
     * client's method, of an object of his own.
     *
     * @param self the object whose method was called
     * @param first the first argument, or null
     * @param second the second argument, or null
     * @param third the third argument, or null
     * @param woven the class whose method it is
     * @param joinPoint which of the client's join points
     * @return the object to return, or null: run the original body
     * @throws Exception what the method ends in
     */
    public static Object enterLibrary(
            Object self, Object first, Object second, Object third, Class<?> woven, int joinPoint) throws Exception {
        HoldfastBridge h = hook;
        return h == null ? null : h.onEnterLibrary(self, first, second, third, woven, joinPoint);
    }

    /**
     * Returns a handle for methods that are not woven: for a {@code result}, it returns the method's own value; for a
     * call that may be left out, it makes the call, which the caller's own look-up allows; else null, or false.
     */
    private static MethodHandle unwoven(MethodHandles.Lookup caller, String hook, MethodType type) {
        if (hook.startsWith(SKIP)) {
            try {
                boolean hasArguments = type.parameterCount() != CALLED_AND_CALLER;
                MethodHandle call = caller.findVirtual(
                        type.parameterType(0),
                        hook.substring(SKIP.length()),
                        type.dropParameterTypes(0, hasArguments ? 1 : CALLED_AND_CALLER));
                return hasArguments ? call : MethodHandles.dropArguments(call, 1, type.parameterType(1));
            } catch (ReflectiveOperationException e) {
                return MethodHandles.empty(type); // not of a woven class
            }
        }
        int parameters = type.parameterCount();
        return parameters == RESULT_PARAMETERS && type.returnType() == Object.class
                ? MethodHandles.dropArguments(
                        MethodHandles.identity(Object.class),
                        1,
                        type.parameterList().subList(1, parameters))
                : MethodHandles.empty(type);
    }

    /** See {@link #link}. */
    protected abstract MethodHandle onLink(
            MethodHandles.Lookup caller, String hook, MethodType type, String client, String root, int joinPoint)
            throws Throwable;

    /** See {@link #enterLibrary}. */
    protected abstract Object onEnterLibrary(
            Object self, Object first, Object second, Object third, Class<?> woven, int joinPoint) throws Exception;

    /** See {@link #enter}. */
    protected abstract Object onEnter(Object self, Object first, Object second, Object third, int client, int joinPoint)
            throws Exception;

    /** See {@link #guard}. */
    protected abstract boolean onGuard(Object self, int client, int joinPoint);

    /** See {@link #result}. */
    protected abstract Object onResult(Object value, Object first, Object second, int client, int joinPoint);

    /** See {@link #observe}. */
    protected abstract void onObserve(
            Object subject, Object first, Object second, int number, int client, int joinPoint);
}
