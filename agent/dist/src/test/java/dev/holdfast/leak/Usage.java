package dev.holdfast.leak;

import java.lang.management.ManagementFactory;
import java.lang.management.MemoryType;
import java.util.List;
import java.util.stream.Stream;

/**
 * The resources that a JVM holds at one moment.
 *
 * @param threads live threads
 * @param files open file descriptors
 * @param heapKiB what a collection left of the heap
 * @param open connections that the server has open
 */
record Usage(int threads, int files, int heapKiB, int open) {
    /** This JVM's usage; asks for a collection. */
    static Usage now(int open) {
        System.gc();
        var os = (com.sun.management.UnixOperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
        return new Usage(
                Thread.getAllStackTraces().size(), (int) os.getOpenFileDescriptorCount(), (int) (left() >> 10), open);
    }

    /**
     * Returns the bytes that the last collection left. What is in use of the heap a moment later has, beside what was
     * allocated since, a buffer for each thread that allocated anything, all of which counts as used: a megabyte or
     * two, by how much the threads allocated before and which of them ran.
     */
    private static long left() {
        return ManagementFactory.getMemoryPoolMXBeans().stream()
                .filter(pool -> pool.getType() == MemoryType.HEAP)
                .mapToLong(pool -> pool.getCollectionUsage().getUsed())
                .sum();
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
