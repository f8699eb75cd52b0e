package dev.holdfast.instrumentation;

import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * A place in a client's bytecode at which its adapter is called: in which method, and what is handed over there. Names
 * are exact: a hierarchy matcher would meet one call twice, in a facade and in its implementation. Immutable.
 */
public final class JoinPoint {
    /** The shape of a join point. */
    public enum Kind {
        /** See {@link JoinPoint#enter}. */
        ENTER,
        /** See {@link JoinPoint#guard}. */
        GUARD,
        /** See {@link JoinPoint#result}. */
        RESULT,
        /** See {@link JoinPoint#callResult}. */
        CALL_RESULT,
        /** See {@link JoinPoint#before}. */
        BEFORE,
        /** See {@link JoinPoint#after}. */
        AFTER,
        /** See {@link JoinPoint#argument}. */
        ARGUMENT,
        /** See {@link JoinPoint#exit}. */
        EXIT,
        /** See {@link JoinPoint#unless}. */
        UNLESS
    }

    /**
     * An access that a method's bytecode makes, or that is added to it.
     *
     * @param opcode of the JVM: {@code getfield}, {@code invokevirtual}, or {@code ldc} for a handle that reads a field
     * @param owner the class, with slashes
     * @param name of the field or method
     * @param descriptor of the field or method; of a call that is looked for, the beginning of it
     */
    public record Access(int opcode, String owner, String name, String descriptor) {
        private static final int LDC = 18;
        private static final int GETFIELD = 180;
        private static final int INVOKEVIRTUAL = 182;

        /** A call that is looked for, or one without arguments on the method's first argument. */
        public static Access call(String owner, String name, String descriptor) {
            return new Access(INVOKEVIRTUAL, owner, name, descriptor);
        }

        /** The value of a field of {@code this}. */
        public static Access field(String owner, String name, String descriptor) {
            return new Access(GETFIELD, owner, name, descriptor);
        }

        /** A {@code MethodHandle} that reads a field. */
        public static Access getter(String owner, String name, String descriptor) {
            return new Access(LDC, owner, name, descriptor);
        }

        private Access relocated(UnaryOperator<String> map) {
            return new Access(opcode, map.apply(owner), name, map.apply(descriptor));
        }

        /** Returns whether it is the value of a field. */
        public boolean isField() {
            return opcode == GETFIELD;
        }

        /** Returns whether it is a call. */
        public boolean isCall() {
            return opcode == INVOKEVIRTUAL;
        }

        /** Returns whether a call in a method's bytecode is this one. */
        public boolean matches(String calledOwner, String calledName, String calledDescriptor) {
            return name.equals(calledName) && owner.equals(calledOwner) && calledDescriptor.startsWith(descriptor);
        }
    }

    private final int id;
    private final Kind kind;
    private final String owner;
    private final @Nullable String method;
    private final @Nullable String descriptor;
    private final @Nullable Access call;
    private final @Nullable Access earlier;
    private final List<Access> operands;
    private final int firstJava;
    private final int lastJava;
    private final boolean optional;

    private JoinPoint(
            int id,
            Kind kind,
            String owner,
            @Nullable String method,
            @Nullable String descriptor,
            @Nullable Access call,
            @Nullable Access earlier,
            List<Access> operands,
            int firstJava,
            int lastJava,
            boolean optional) {
        this.id = id;
        this.kind = kind;
        this.owner = owner;
        this.method = method;
        this.descriptor = descriptor;
        this.call = call;
        this.earlier = earlier;
        this.operands = operands;
        this.firstJava = firstJava;
        this.lastJava = lastJava;
        this.optional = optional;
    }

    private static JoinPoint of(int id, Kind kind, String owner, @Nullable String method, @Nullable String descriptor) {
        return new JoinPoint(id, kind, owner, method, descriptor, null, null, List.of(), 0, Integer.MAX_VALUE, false);
    }

    /**
     * The head of an instance method that takes up to three objects and returns one: {@link ClientAdapter#enter} is
     * given {@code this} and the arguments, and what it returns, unless null, is returned.
     *
     * @param id passed to the adapter; join points that it handles alike share one
     * @param owner the class, with slashes
     * @param method its name
     * @param descriptor the method's
     */
    public static JoinPoint enter(int id, String owner, String method, String descriptor) {
        return of(id, Kind.ENTER, owner, method, descriptor);
    }

    /**
     * The head of an instance method without arguments that returns nothing: where {@link ClientAdapter#guard} returns
     * true, the method does nothing.
     *
     * @param id passed to the adapter
     * @param owner the class, with slashes
     * @param method its name
     */
    public static JoinPoint guard(int id, String owner, String method) {
        return of(id, Kind.GUARD, owner, method, "()V");
    }

    /**
     * Each return of an instance method that takes up to two objects and returns one, or an {@code int}:
     * {@link ClientAdapter#result} is given the result and the arguments, or {@code this} where there are none, and
     * gives the result.
     *
     * @param id passed to the adapter
     * @param owner the class, with slashes
     * @param method its name
     * @param descriptor the method's
     */
    public static JoinPoint result(int id, String owner, String method, String descriptor) {
        return of(id, Kind.RESULT, owner, method, descriptor);
    }

    /**
     * The result of each such call on an object in any method of a class: {@link ClientAdapter#result} is given it, and
     * gives another. In an instance method it is given {@code this} too and, of a call without arguments, the object
     * that was called.
     *
     * @param id passed to the adapter
     * @param owner the class, with slashes
     * @param call the call, with its whole descriptor
     */
    public static JoinPoint callResult(int id, String owner, Access call) {
        return of(id, Kind.CALL_RESULT, owner, null, null).with(call);
    }

    /**
     * Before each such call in any instance method of a class: {@link ClientAdapter#observe} is given the call's last
     * argument, which is an object, and the operands.
     *
     * @param id passed to the adapter
     * @param owner the class, with slashes
     * @param call the call
     */
    public static JoinPoint before(int id, String owner, Access call) {
        return of(id, Kind.BEFORE, owner, null, null).with(call);
    }

    /** The same as {@link #before(int, String, Access)}, in one method alone. */
    public static JoinPoint before(int id, String owner, String method, String descriptor, Access call) {
        return of(id, Kind.BEFORE, owner, method, descriptor).with(call);
    }

    /**
     * Behind each such call in one method: {@link ClientAdapter#observe} is given what is on top of the stack then,
     * which is the call's result, or the object that a constructor was called for, and the operands.
     *
     * @param id passed to the adapter
     * @param owner the class, with slashes
     * @param method its name
     * @param descriptor the method's
     * @param call the call
     */
    public static JoinPoint after(int id, String owner, String method, String descriptor, Access call) {
        return of(id, Kind.AFTER, owner, method, descriptor).with(call);
    }

    /**
     * The head of an instance method whose first argument is an object: {@link ClientAdapter#result} is given the
     * argument and {@code this}, and gives what the method runs with in place of the argument.
     *
     * @param id passed to the adapter
     * @param owner the class, with slashes
     * @param method its name
     * @param descriptor the method's
     */
    public static JoinPoint argument(int id, String owner, String method, String descriptor) {
        return of(id, Kind.ARGUMENT, owner, method, descriptor);
    }

    /**
     * Each return of an instance method without arguments that returns nothing: {@link ClientAdapter#observe} is given
     * {@code this}.
     *
     * @param id passed to the adapter
     * @param owner the class, with slashes
     * @param method its name
     */
    public static JoinPoint exit(int id, String owner, String method) {
        return exit(id, owner, method, "()V");
    }

    /**
     * Each return of an instance method that returns nothing: {@link ClientAdapter#observe} is given {@code this}.
     *
     * @param id passed to the adapter
     * @param owner the class, with slashes
     * @param method its name
     * @param descriptor the method's
     */
    public static JoinPoint exit(int id, String owner, String method, String descriptor) {
        return of(id, Kind.EXIT, owner, method, descriptor);
    }

    /**
     * Each such call in any method of a class of a library, on an object, with one or two objects and without a result:
     * where {@link ClientAdapter#skip}, which is given all three, returns true, the call is not made. A call without
     * arguments in an instance method: it is given {@code this} in place of them.
     *
     * @param id passed to the adapter
     * @param owner the class, with slashes
     * @param call the call, with its whole descriptor
     */
    public static JoinPoint unless(int id, String owner, Access call) {
        return of(id, Kind.UNLESS, owner, null, null).with(call);
    }

    private JoinPoint with(Access newCall) {
        return new JoinPoint(
                id, kind, owner, method, descriptor, newCall, earlier, operands, firstJava, lastJava, optional);
    }

    /** Only where the method has made this call before. */
    public JoinPoint onlyAfter(Access newEarlier) {
        return new JoinPoint(
                id, kind, owner, method, descriptor, call, newEarlier, operands, firstJava, lastJava, optional);
    }

    /** Hands these over, too: up to two objects and one number. Where the class lacks one of its fields: nothing. */
    public JoinPoint operands(Access... newOperands) {
        return new JoinPoint(
                id,
                kind,
                owner,
                method,
                descriptor,
                call,
                earlier,
                List.of(newOperands),
                firstJava,
                lastJava,
                optional);
    }

    /** Only on these versions of Java, both inclusive. */
    public JoinPoint onJava(int first, int last) {
        return new JoinPoint(id, kind, owner, method, descriptor, call, earlier, operands, first, last, optional);
    }

    /** Its absence is not reported: without it, failures are known less well, but calls run under their policies. */
    public JoinPoint optional() {
        return new JoinPoint(id, kind, owner, method, descriptor, call, earlier, operands, firstJava, lastJava, true);
    }

    /**
     * The same place in a copy of the library whose classes have other names.
     *
     * @param map gives the copy's name of a class, and its descriptors
     */
    public JoinPoint relocated(UnaryOperator<String> map) {
        List<Access> mapped = new ArrayList<>();
        for (Access operand : operands) {
            mapped.add(operand.relocated(map));
        }
        return new JoinPoint(
                id,
                kind,
                map.apply(owner),
                method,
                descriptor == null ? null : map.apply(descriptor),
                call == null ? null : call.relocated(map),
                earlier == null ? null : earlier.relocated(map),
                List.copyOf(mapped),
                firstJava,
                lastJava,
                optional);
    }

    /** The number by which the adapter knows it. */
    public int id() {
        return id;
    }

    /** Its shape. */
    public Kind kind() {
        return kind;
    }

    /** The class that is woven, with slashes. */
    public String owner() {
        return owner;
    }

    /** The method that is woven; null: any. */
    public @Nullable String method() {
        return method;
    }

    /** The descriptor of {@link #method}; null where that is. */
    public @Nullable String descriptor() {
        return descriptor;
    }

    /** The call within the method, for the kinds that look for one; else null. */
    public @Nullable Access call() {
        return call;
    }

    /** The call that must have been made before; null: none. */
    public @Nullable Access earlier() {
        return earlier;
    }

    /** The values that are handed over beside the subject. */
    public List<Access> operands() {
        return operands;
    }

    /** Returns whether the running Java may have it. */
    public boolean isPossible() {
        int java = Runtime.version().feature();
        return java >= firstJava && java <= lastJava;
    }

    /** Returns whether calls run without policies where a class that is woven lacks it. */
    public boolean isExpected() {
        return !optional && isPossible();
    }

    @Override
    public String toString() {
        return method == null ? owner : owner + "." + method;
    }
}
