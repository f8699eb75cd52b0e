package dev.holdfast.instrumentation;

import org.jspecify.annotations.Nullable;

/**
 * Receives what the woven methods of one client hand over. Each method is told the {@linkplain JoinPoint#id join
 * point}; an adapter implements those that its join points lead to.
 *
 * <p>Arguments are given as {@link Object}: woven code inside {@code java.base} cannot name the types of most clients.
 * Implementations are thread-safe, and all of their fields are final: they are published without synchronization. They
 * never throw because of a defect of their own before the first attempt was sent, but return what lets the original
 * method run.
 */
public interface ClientAdapter {
    /**
     * Runs at the head of a method; see {@link JoinPoint#enter}.
     *
     * @param joinPoint which one
     * @param self the object whose method was called
     * @param first the method's first argument; null where it has none
     * @param second the method's second argument; null where it has none
     * @param third the method's third argument; null where it has none
     * @return what the method returns; null: run the original method
     * @throws Exception what the method throws
     */
    default @Nullable Object enter(
            int joinPoint, Object self, @Nullable Object first, @Nullable Object second, @Nullable Object third)
            throws Exception {
        return null;
    }

    /**
     * Runs at the head of a method that returns nothing; see {@link JoinPoint#guard}.
     *
     * @param joinPoint which one
     * @param self the object whose method was called
     * @return true: the method returns at once; false: run the original method
     */
    default boolean guard(int joinPoint, Object self) {
        return false;
    }

    /**
     * Runs before a method returns, behind a call that it makes, or at its head; see {@link JoinPoint#result},
     * {@link JoinPoint#callResult} and {@link JoinPoint#argument}.
     *
     * @param joinPoint which one
     * @param value what the method returns, what the call returned, or the method's first argument
     * @param first the method's first argument; for a method without arguments, a call and an argument, the object
     *     whose method it is, null in a static one
     * @param second the method's second argument, null where it has none; for a call without arguments, the object that
     *     was called
     * @return what takes the place of {@code value}
     */
    default @Nullable Object result(
            int joinPoint, @Nullable Object value, @Nullable Object first, @Nullable Object second) {
        return value;
    }

    /**
     * Is told of a call that a method makes, or of a method's end; see {@link JoinPoint#before},
     * {@link JoinPoint#after} and {@link JoinPoint#exit}. Never throws.
     *
     * @param joinPoint which one
     * @param subject the last argument of the call, or its result; at a method's end, the object whose method it is
     * @param first the join point's first operand that is an object; null where it has none
     * @param second the join point's second operand that is an object; null where it has none
     * @param number the join point's operand that is a number; 0 where it has none
     */
    default void observe(int joinPoint, Object subject, @Nullable Object first, @Nullable Object second, int number) {}

    /**
     * Decides about a call that a method is about to make; see {@link JoinPoint#unless}. Never throws.
     *
     * @param joinPoint which one
     * @param receiver the object that is called
     * @param first the call's first argument; for a call without arguments, the object whose method makes it
     * @param second the call's second argument; null where it has none
     * @return true: the call is not made
     */
    default boolean skip(int joinPoint, Object receiver, @Nullable Object first, @Nullable Object second) {
        return false;
    }
}
