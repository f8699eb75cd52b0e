package dev.holdfast.weave;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import org.jspecify.annotations.Nullable;

/**
 * A join point of one copy of a library, as its linked instructions call it. The methods have the types of these
 * instructions, so that a handle of one needs to be bound to this object only: to bind the copy and a number to the
 * adapter's own methods, the JDK makes and loads classes of its own, which took 5 ms of a program's first call.
 *
 * @param copy of the library
 * @param number of the join point
 */
record LinkedJoinPoint(LibraryCopy copy, int number) {
    /**
     * Returns the handle of one of the methods below, bound to this object.
     *
     * @param hook the method's name, as an instruction has it
     * @throws NoSuchMethodException if none has that name
     */
    MethodHandle handle(String hook) throws ReflectiveOperationException {
        Class<?> object = Object.class;
        MethodType type = switch (hook) {
            case "enter" -> MethodType.methodType(object, object, object, object, object);
            case "result" -> MethodType.methodType(object, object, object, object);
            case "guard" -> MethodType.methodType(boolean.class, object);
            case "observe" -> MethodType.methodType(void.class, object, object, object, int.class);
            case "skip" -> MethodType.methodType(boolean.class, object, object, object);
            default -> throw new NoSuchMethodException(hook);
        };
        return MethodHandles.lookup()
                .findVirtual(LinkedJoinPoint.class, hook, type)
                .bindTo(this);
    }

    @Nullable
    Object enter(Object self, @Nullable Object first, @Nullable Object second, @Nullable Object third)
            throws Exception {
        return copy.enter(number, self, first, second, third);
    }

    @Nullable
    Object result(@Nullable Object value, @Nullable Object first, @Nullable Object second) {
        return copy.result(number, value, first, second);
    }

    boolean guard(Object self) {
        return copy.guard(number, self);
    }

    void observe(Object subject, @Nullable Object first, @Nullable Object second, int operand) {
        copy.observe(number, subject, first, second, operand);
    }

    boolean skip(Object receiver, @Nullable Object first, @Nullable Object second) {
        return copy.skip(number, receiver, first, second);
    }
}
