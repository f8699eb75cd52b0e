package dev.holdfast.wild;

/** A class of the application's that changes while it runs: {@link ClassFiles#swapped()} has another text in it. */
final class Swapped {
    private Swapped() {}

    static String text() {
        return "before"; // "behind", as long, takes its place in the class file
    }
}
