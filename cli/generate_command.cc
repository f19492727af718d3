// `journeyctl generate`.
#include "cli/commands.h"
#include "cli/exit_codes.h"
#include "cli/failure.h"
#include "cli/generator.h"
#include "cli/instants.h"

namespace journey::cli {
namespace {

constexpr int kAccountsMax = 1'000'000;
constexpr int kDaysMax = 3'650;

struct GenerateOptions {
  GeneratorOptions generator;
  // Fixed, so that the same command line always gives the same bytes.
  std::string start = "2025-01-01";
};

absl::StatusOr<int> RunGenerate(const Invocation& invocation,
                                const GenerateOptions& options) {
  GeneratorOptions generator = options.generator;
  if (generator.accounts < 0 || generator.accounts > kAccountsMax) {
    return UsageError("--accounts: 0 to 1000000");
  }
  if (generator.days < 1 || generator.days > kDaysMax) {
    return UsageError("--days: 1 to 3650");
  }
  google::protobuf::Timestamp start;
  absl::Status status =
      SetInstant(invocation, "--start", options.start, &start);
  if (!status.ok()) return status;
  generator.start_micros = ToMicros(start);
  Generate(generator, [&invocation](const std::string& line) {
    invocation.out() << line << '\n';
  });
  return kExitOk;
}

}  // namespace

void AddGenerateCommand(CLI::App& root, Invocation& invocation) {
  CLI::App* command = AddCommand(
      root, "generate", "Print lifelike touchpoints, the same for a seed",
      "  journeyctl generate --accounts 40 --seed 1 > demo.ndjson\n"
      "  journeyctl generate --accounts 1000 --start -180d | \\\n"
      "      journeyctl append -f -\n"
      "A few touchpoints come late and a few twice, as in life.");
  auto options = std::make_shared<GenerateOptions>();
  GeneratorOptions& generator = options->generator;
  command->add_option("--seed", generator.seed, "Which random numbers")
      ->type_name("N")
      ->capture_default_str();
  command->add_option("--accounts", generator.accounts, "How many accounts")
      ->type_name("N")
      ->capture_default_str();
  command->add_option("--start", options->start, "The first day")
      ->type_name("INSTANT")
      ->capture_default_str();
  command->add_option("--days", generator.days, "For how many days")
      ->type_name("N")
      ->capture_default_str();
  OnRun(*command, invocation, options, RunGenerate);
}

}  // namespace journey::cli
