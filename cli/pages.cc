#include "cli/pages.h"

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "cli/options.h"

namespace journey::cli {
namespace {

// Takes "MICROS.TOKEN" apart. All else is a token of the service, which says
// what is wrong with it where it is none: its tokens have no dots.
void TakeToken(const std::string& text, int64_t& now_micros,
               std::string& token) {
  const size_t dot = text.find('.');
  int64_t micros = -1;
  const bool is_ours = dot != std::string::npos &&
                       absl::SimpleAtoi(text.substr(0, dot), &micros) &&
                       micros >= 0 && micros <= core::kInstantMicrosMax;
  if (is_ours) now_micros = micros;
  token = is_ours ? text.substr(dot + 1) : text;
}

}  // namespace

void AddPageOptions(CLI::App& command, Invocation& invocation,
                    PageOptions& options) {
  command.add_flag("--all", options.all, "Every page");
  AddCountOption(command, "--page-size", options.page_size,
                 "At most so many a page");
  command
      .add_option_function<std::string>(
          "--page-token",
          [&invocation, &options](const std::string& text) {
            TakeToken(text, invocation.now_micros, options.page_token);
          },
          "Go on from there")
      ->type_name("TOKEN");
}

void PrintMore(const Invocation& invocation, const std::string& next_token) {
  if (next_token.empty()) return;
  invocation.err() << "There is more: --all, or --page-token "
                   << invocation.now_micros << "." << next_token << "\n";
}

void PrintNone(const Invocation& invocation, absl::string_view what,
               const std::string& next_token) {
  invocation.out() << "No " << what
                   << (next_token.empty() ? ".\n" : " on this page.\n");
}

}  // namespace journey::cli
