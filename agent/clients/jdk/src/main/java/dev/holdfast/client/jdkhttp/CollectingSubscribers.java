package dev.holdfast.client.jdkhttp;

import java.net.http.HttpResponse.BodySubscriber;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Tells the body subscribers that are known to collect a whole body before the application gets any of it from all
 * others. Only a body that is collected may be given a time: any other may be a stream that is read for hours. Not when
 * it completes tells the two apart ({@code fromLineSubscriber} and {@code fromSubscriber} complete at a stream's end),
 * but the class. A subscriber of the application's own, or of a library, is not known.
 */
final class CollectingSubscribers {
    private static final String JDK = "jdk.internal.net.http.";
    private static final String SUBSCRIBERS = JDK + "ResponseSubscribers$";

    /**
     * The subscribers of {@code ofString} and {@code ofByteArray}; of files; of {@code discarding} and
     * {@code replacing}.
     */
    private static final Set<String> COLLECTING =
            Set.of(SUBSCRIBERS + "ByteArraySubscriber", SUBSCRIBERS + "PathSubscriber", SUBSCRIBERS + "NullSubscriber");

    /** The subscribers of {@code mapping}, {@code buffering} and {@code limiting}: they are what they wrap. */
    private static final Set<String> WRAPPING =
            Set.of(SUBSCRIBERS + "MappingSubscriber", JDK + "BufferingSubscriber", JDK + "LimitingSubscriber");

    private CollectingSubscribers() {}

    /** Returns whether a subscriber is known to collect the whole body. */
    static boolean collects(BodySubscriber<?> subscriber) {
        return COLLECTING.contains(subscriber.getClass().getName());
    }

    /**
     * Returns whether a subscriber is one of the JDK's that hand everything on to one that they wrap, and do not tell
     * which. It is known when that asks for the first part of the body: see {@link #collectsWhoAsks}.
     */
    static boolean wraps(BodySubscriber<?> subscriber) {
        return WRAPPING.contains(subscriber.getClass().getName());
    }

    /**
     * Returns whether the first part of a body is asked for, on this very stack, by a subscriber that is known to
     * collect: it asks within its {@code onSubscribe}, which those that wrap it have called, and nobody else stands
     * between.
     *
     * @param subscribed the class of ours whose {@code onSubscribe} began this
     */
    static boolean collectsWhoAsks(Class<?> subscribed) {
        List<String> path = StackWalker.getInstance().walk(frames -> path(frames, subscribed.getName()));
        return !path.isEmpty()
                && COLLECTING.contains(path.get(0))
                && WRAPPING.containsAll(path.subList(1, path.size()));
    }

    /**
     * The classes whose {@code onSubscribe} is on the stack, the innermost first; empty where other code takes part.
     */
    private static List<String> path(Stream<StackWalker.StackFrame> frames, String subscribed) {
        List<StackWalker.StackFrame> between = frames.skip(1) // this class
                .dropWhile(frame -> frame.getClassName().startsWith(subscribed))
                .takeWhile(frame -> !frame.getClassName().equals(subscribed))
                .filter(frame -> !frame.getClassName().equals(ResponseRecorder.class.getName()))
                .toList();
        if (!between.stream().allMatch(frame -> frame.getClassName().startsWith(JDK))) {
            return List.of();
        }
        return between.stream()
                .filter(frame -> frame.getMethodName().equals("onSubscribe"))
                .map(StackWalker.StackFrame::getClassName)
                .toList();
    }
}
