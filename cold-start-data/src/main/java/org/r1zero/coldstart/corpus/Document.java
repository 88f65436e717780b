package org.r1zero.coldstart.corpus;

/**
 * One text of a corpus.
 *
 * @param text its words
 * @param ended whether it comes to an end; one that does not was cut off in the middle
 */
public record Document(String text, boolean ended) {}
