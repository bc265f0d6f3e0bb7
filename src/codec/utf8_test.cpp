#include "codec/utf8.h"

#include <gtest/gtest.h>

namespace millrace::codec {
namespace {

TEST(Utf8, AcceptsEveryLengthAndRefusesWhatRfc3629Forbids) {
  for (const char* good : {"", "a", "\xC3\xA9", "\xE4\xB8\xAD", "\xF0\x9F\x98\x80",
                           "\xF4\x8F\xBF\xBF", "\xED\x9F\xBF"}) {
    EXPECT_TRUE(is_utf8(good)) << good;
  }
  for (const char* bad : {"\x80", "\xC3", "\xC0\x80", "\xC1\xBF", "\xE0\x9F\xBF", "\xED\xA0\x80",
                          "\xF0\x8F\xBF\xBF", "\xF4\x90\x80\x80", "\xF5\x80\x80\x80", "a\xFF"}) {
    EXPECT_FALSE(is_utf8(bad)) << bad;
  }
}

TEST(Utf8, ABadByteIsFoundWhereverItStandsInALongText) {
  for (std::size_t size = 1; size < 40; ++size) {
    std::string text(size, 'a');
    EXPECT_TRUE(is_utf8(text));
    for (std::size_t at = 0; at < size; ++at) {
      std::string bad = text;
      bad[at] = '\xFF';
      EXPECT_FALSE(is_utf8(bad)) << at << " of " << size;
    }
    EXPECT_TRUE(is_utf8(text + "\xE4\xB8\xAD" + text));
  }
}

TEST(Utf8, WhatFitsNowhereBecomesTheReplacementCharacter) {
  EXPECT_EQ(readable_utf8("a\xFF\xC3\xA9\xC3"), "a\xEF\xBF\xBD\xC3\xA9\xEF\xBF\xBD");
}

TEST(Utf8, CapitalLettersBecomeSmallOnesInEveryScriptThatHasThem) {
  EXPECT_EQ(lower_utf8("PUMP-1 Ölpumpe ÄÖÜ ÉÇ ŁÓDŹ"), "pump-1 ölpumpe äöü éç łódź");
  EXPECT_EQ(lower_utf8("ΑΩ НАСОС"), "αω насос");
  EXPECT_EQ(lower_utf8("流量 ß 😀"), "流量 ß 😀") << "what has no small letter stays";
  EXPECT_EQ(lower_utf8("A\xFF\xC3"), "a\xFF\xC3") << "as do bytes that fit nowhere";
}

}  // namespace
}  // namespace millrace::codec
