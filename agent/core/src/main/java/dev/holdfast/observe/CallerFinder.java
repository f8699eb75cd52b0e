package dev.holdfast.observe;

/** Finds the caller's class. Used only where a log line needs it, since it walks the stack. */
final class CallerFinder {
    // JdkHttpHook and its like stand between; so do the JDK's own clients and executors.
    private static final String[] NOBODY = {"dev.holdfast.", "java.", "javax.", "jdk.", "sun."};

    private CallerFinder() {}

    /** The class nearest to the JDK's client on this thread's stack that is the application's or a library's. */
    static String nearest() {
        return StackWalker.getInstance()
                .walk(frames -> frames.map(StackWalker.StackFrame::getClassName)
                        .filter(CallerFinder::isSomebody)
                        .findFirst())
                .orElse("a class that is not on the stack");
    }

    private static boolean isSomebody(String className) {
        for (String prefix : NOBODY) {
            if (className.startsWith(prefix)) {
                return false;
            }
        }
        return true;
    }
}
