package org.slf4j;

/** A logger that says nothing. Its methods are those that Jedis calls, held against its classes by a test. */
public interface Logger {
    /** Returns false. */
    default boolean isTraceEnabled() {
        return false;
    }

    /** Returns false. */
    default boolean isDebugEnabled() {
        return false;
    }

    /** Returns false. */
    default boolean isWarnEnabled() {
        return false;
    }

    /** Says nothing. */
    default void trace(String text) {}

    /** Says nothing. */
    default void trace(String text, Object a) {}

    /** Says nothing. */
    default void trace(String text, Object a, Object b) {}

    /** Says nothing. */
    default void trace(String text, Object... all) {}

    /** Says nothing. */
    default void trace(String text, Throwable cause) {}

    /** Says nothing. */
    default void debug(String text) {}

    /** Says nothing. */
    default void debug(String text, Object a) {}

    /** Says nothing. */
    default void debug(String text, Object a, Object b) {}

    /** Says nothing. */
    default void debug(String text, Object... all) {}

    /** Says nothing. */
    default void debug(String text, Throwable cause) {}

    /** Says nothing. */
    default void info(String text) {}

    /** Says nothing. */
    default void info(String text, Object a) {}

    /** Says nothing. */
    default void info(String text, Object a, Object b) {}

    /** Says nothing. */
    default void info(String text, Object... all) {}

    /** Says nothing. */
    default void info(String text, Throwable cause) {}

    /** Says nothing. */
    default void warn(String text) {}

    /** Says nothing. */
    default void warn(String text, Object a) {}

    /** Says nothing. */
    default void warn(String text, Object a, Object b) {}

    /** Says nothing. */
    default void warn(String text, Object... all) {}

    /** Says nothing. */
    default void warn(String text, Throwable cause) {}

    /** Says nothing. */
    default void error(String text) {}

    /** Says nothing. */
    default void error(String text, Object a) {}

    /** Says nothing. */
    default void error(String text, Object a, Object b) {}

    /** Says nothing. */
    default void error(String text, Object... all) {}

    /** Says nothing. */
    default void error(String text, Throwable cause) {}
}
