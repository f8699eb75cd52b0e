package dev.holdfast.leak;

import java.lang.management.ManagementFactory;
import java.util.List;
import java.util.stream.Stream;

/**
 * The resources that a JVM holds at one moment.
 *
 * @param threads live threads
 * @param files open file descriptors
 * @param heapKiB the heap in use after a collection
 * @param open connections that the server has open
 */
record Usage(int threads, int files, int heapKiB, int open) {
    /** This JVM's usage; asks for a collection. */
    static Usage now(int open) {
        System.gc();
        Runtime runtime = Runtime.getRuntime();
        var os = (com.sun.management.UnixOperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
        return new Usage(
                Thread.getAllStackTraces().size(),
                (int) os.getOpenFileDescriptorCount(),
                (int) ((runtime.totalMemory() - runtime.freeMemory()) >> 10),
                open);
    }

    /**
     * Returns whether this is as good as an earlier usage. The client's pools of threads and connections float by as
     * many as calls run together, and a megabyte of heap is what the JVM's own caches may take; thousands of calls that
     * leave something behind each are far beyond that.
     */
    boolean withinReachOf(Usage before) {
        return threads <= before.threads + LeakProgram.TOGETHER
                && files <= before.files + LeakProgram.TOGETHER
                && open <= before.open + LeakProgram.TOGETHER
                && heapKiB <= before.heapKiB + 1024;
    }

    String toLine() {
        return threads + " " + files + " " + heapKiB + " " + open;
    }

    static Usage fromLine(String line) {
        List<Integer> n = Stream.of(line.split(" ")).map(Integer::valueOf).toList();
        return new Usage(n.get(0), n.get(1), n.get(2), n.get(3));
    }
}
