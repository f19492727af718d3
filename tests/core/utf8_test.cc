#include "service/core/utf8.h"

#include <gtest/gtest.h>

#include <string>

namespace journey::core {
namespace {

TEST(Utf8Test, KnowsWellFormedText) {
  struct {
    const char* desc;
    std::string text;
    bool ok;
  } const cases[] = {
      {"empty", "", true},
      {"ASCII", "abc", true},
      {"NUL", std::string("\0", 1), true},
      {"two bytes", "\xC3\xA4", true},
      {"three bytes", "\xE2\x82\xAC", true},
      {"four bytes", "\xF0\x9F\x98\x80", true},
      {"highest character", "\xF4\x8F\xBF\xBF", true},
      {"above it", "\xF4\x90\x80\x80", false},
      {"last before surrogates", "\xED\x9F\xBF", true},
      {"surrogate", "\xED\xA0\x80", false},
      {"first after surrogates", "\xEE\x80\x80", true},
      {"overlong two bytes", "\xC0\xAF", false},
      {"overlong two bytes, C1", "\xC1\xBF", false},
      {"overlong three bytes", "\xE0\x9F\xBF", false},
      {"shortest three bytes", "\xE0\xA0\x80", true},
      {"overlong four bytes", "\xF0\x8F\xBF\xBF", false},
      {"shortest four bytes", "\xF0\x90\x80\x80", true},
      {"lone tail", "\x80", false},
      {"cut after one of two", "\xC3", false},
      {"cut after two of three", "\xE2\x82", false},
      {"cut after three of four", "\xF0\x9F\x98", false},
      {"tail missing", "\xE2\x82x", false},
      {"FE", "\xFE", false},
      {"FF", "\xFF", false},
  };
  for (const auto& c : cases) {
    // At every place within the words that are skipped at once.
    for (size_t before = 0; before <= 9; ++before) {
      for (size_t after = 0; after <= 9; ++after) {
        const std::string text =
            std::string(before, 'x') + c.text + std::string(after, 'x');
        EXPECT_EQ(IsValidUtf8(text), c.ok)
            << c.desc << " after " << before << ", before " << after;
      }
    }
  }
}

TEST(Utf8Test, KnowsControlCharacters) {
  struct {
    const char* desc;
    std::string text;
    bool has;
  } const cases[] = {
      {"empty", "", false},
      {"space to tilde", " ~", false},
      {"NUL", std::string("a\0", 2), true},
      {"unit separator", "\x1F", true},
      {"delete", "\x7F", true},
      {"first of the second block", "\xC2\x80", true},
      {"last of the second block", "\xC2\x9F", true},
      {"no-break space", "\xC2\xA0", false},
      {"umlaut with a tail of that range", "\xC3\x84", false},
  };
  for (const auto& c : cases) {
    EXPECT_EQ(HasControlCharacter(c.text), c.has) << c.desc;
  }
}

}  // namespace
}  // namespace journey::core
