package dev.holdfast.cli;

/** Something that was asked for cannot be done, and it is not Holdfast's fault: the message tells the user why. */
class CommandException extends Exception {
    private static final long serialVersionUID = 1L;

    CommandException(String why) {
        super(why);
    }
}
