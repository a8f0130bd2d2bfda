# Reference values of R's survey package on the data sets it comes with. Run in this folder: Rscript classic.R
# Writes classic/*.csv.gz (data, replicate weights), classic/totals.json and classic.csv.gz (values, 17 digits).
# The columns design, call and options of a value say how to ask for it; tests/reference/classic.py reads them.
suppressMessages(library(survey))
options(survey.lonely.psu = "fail", warn = -1, digits = 17)
for (name in c("api", "fpc", "scd", "hospital", "mu284", "election", "crowd", "nhanes", "yrbs")) data(list = name)
set.seed(20260101)
dir.create("classic", showWarnings = FALSE)

## survey takes one function of package MASS, which not every R has: the Moore-Penrose inverse, here as MASS has it.
ginv <- function(X, tol = sqrt(.Machine$double.eps)) {
  s <- svd(X); kept <- s$d > max(tol * s$d[1], 0)
  s$v[, kept, drop = FALSE] %*% ((1 / s$d[kept]) * t(s$u[, kept, drop = FALSE]))
}
for (name in c("grake", "svyolr.survey.design2")) {
  text <- gsub("MASS::ginv", "ginv", deparse(get(name, getNamespace("survey"))), fixed = TRUE)
  made <- eval(parse(text = text)); environment(made) <- list2env(list(ginv = ginv), parent = getNamespace("survey"))
  assignInNamespace(name, made, "survey")
}

## Output -------------------------------------------------------------------------------------------------------------
number <- function(x) ifelse(is.na(x), "", formatC(as.numeric(x), digits = 17, format = "g", width = 1))
write_gz <- function(frame, path) {
  texts <- which(!sapply(frame, is.numeric)); out <- frame
  for (name in names(out)) if (is.double(out[[name]])) out[[name]] <- number(out[[name]])
  con <- gzfile(path, "w", compression = 9); write.csv(out, con, row.names = FALSE, quote = texts, na = ""); close(con)
}
values <- list()
emit <- function(family, design, call, options, variable, category, domain, ...) {
  numbers <- list(...)
  for (quantity in names(numbers)) {
    value <- as.numeric(numbers[[quantity]])
    values[[length(values) + 1]] <<- data.frame(family = family, design = design, call = call, options = options,
      variable = variable, category = category, domain = domain, quantity = quantity, value = value)
  }
}
said <- function(...) { o <- list(...); paste(names(o), unlist(o), sep = "=", collapse = ";") }

## Data ---------------------------------------------------------------------------------------------------------------
kept <- c("stype", "snum", "dnum", "pcttest", "api00", "api99", "target", "growth", "sch.wide", "comp.imp", "awards",
  "meals", "ell", "yr.rnd", "mobility", "acs.k3", "avg.ed", "full", "emer", "enroll", "api.stu", "pw")
apisrs <- cbind(apisrs[kept], apisrs["fpc"]); apisrs$fraction <- nrow(apisrs) / apisrs$fpc
apistrat <- cbind(apistrat[kept], apistrat["fpc"])
apistrat$fraction <- ave(apistrat$pw, apistrat$stype, FUN = length) / apistrat$fpc
apistrat$high <- as.integer(apistrat$api00 > 650)
apiclus1 <- cbind(apiclus1[kept], apiclus1["fpc"]); apiclus1$fraction <- length(unique(apiclus1$dnum)) / apiclus1$fpc
apiclus1$high <- as.integer(apiclus1$api00 > 650)
apiclus2 <- cbind(apiclus2[kept], apiclus2[c("fpc1", "fpc2")]); apiclus2$fpc2 <- as.numeric(apiclus2$fpc2)
apiclus2$f1 <- length(unique(apiclus2$dnum)) / apiclus2$fpc1
apiclus2$f2 <- ave(apiclus2$pw, apiclus2$dnum, FUN = length) / apiclus2$fpc2
third <- function(meals) cut(meals, c(-1, 25, 60, 100), labels = c("few", "many", "most"))
apisrs$level <- third(apisrs$meals); apistrat$level <- third(apistrat$meals)
apiclus1$level <- third(apiclus1$meals); apiclus2$level <- third(apiclus2$meals)
apisrs$high <- as.integer(apisrs$api00 > 650); apiclus2$high <- as.integer(apiclus2$api00 > 650)
election_pps <- election_pps[c("Bush", "Kerry", "Nader", "votes", "p", "wt")]
election_pps$bushwin <- as.integer(election_pps$Bush > election_pps$Kerry)
nhanes <- nhanes[c("SDMVPSU", "SDMVSTRA", "WTMEC2YR", "HI_CHOL", "race", "agecat", "RIAGENDR")]
nhanes$agecat <- as.integer(nhanes$agecat)
nhanes <- nhanes[order(nhanes$SDMVSTRA, nhanes$SDMVPSU, nhanes$race, nhanes$agecat, nhanes$RIAGENDR, nhanes$HI_CHOL), ]
yrbs <- yrbs[order(yrbs$stratum, yrbs$psu, yrbs$weight, yrbs$qn8), ]
crowd <- cbind(crowd[c("rooms", "person", "weight", "cluster", "stratum")], all = 1)
scd$one <- 1; scd$fpc <- 5
lonely <- apistrat[c(1:60, 101, 151:190), ]; lonely$stype <- factor(lonely$stype)  # one high school (of 755)
lonely$fpc <- NULL; lonely$all <- 4421
lonely$size <- c(E = 4421, H = 755, M = 1018)[as.character(lonely$stype)]
lonely$fraction <- NULL
sets <- list(apisrs = apisrs, apistrat = apistrat, apiclus1 = apiclus1, apiclus2 = apiclus2, fpc = fpc, scd = scd,
  hospital = hospital, mu284 = mu284, election_pps = election_pps, crowd = crowd, nhanes = nhanes, yrbs = yrbs,
  lonely = lonely)
for (name in names(sets)) write_gz(sets[[name]], sprintf("classic/%s.csv.gz", name))
matrix_gz <- function(m, path, stem) {
  m <- as.data.frame(as.matrix(m)); names(m) <- paste0(stem, seq_along(m)); for (i in seq_along(m)) m[[i]] <- as.double(m[[i]])
  write_gz(m, path)
}
matrix_gz(election_jointprob, "classic/election_jointprob.csv.gz", "p_")
matrix_gz(election_jointHR, "classic/election_jointHR.csv.gz", "p_")

## Designs ------------------------------------------------------------------------------------------------------------
designs <- list(
  srs = svydesign(id = ~1, weights = ~pw, fpc = ~fpc, data = apisrs),
  srs_wr = svydesign(id = ~1, weights = ~pw, data = apisrs),
  srs_unweighted = svydesign(id = ~1, fpc = ~fpc, data = apisrs),
  srs_fraction = svydesign(id = ~1, fpc = ~fraction, data = apisrs),
  strat = svydesign(id = ~1, strata = ~stype, weights = ~pw, fpc = ~fpc, data = apistrat),
  strat_wr = svydesign(id = ~1, strata = ~stype, weights = ~pw, data = apistrat),
  strat_unweighted = svydesign(id = ~1, strata = ~stype, fpc = ~fpc, data = apistrat),
  strat_fraction = svydesign(id = ~1, strata = ~stype, weights = ~pw, fpc = ~fraction, data = apistrat),
  clus1 = svydesign(id = ~dnum, weights = ~pw, fpc = ~fpc, data = apiclus1),
  clus1_wr = svydesign(id = ~dnum, weights = ~pw, data = apiclus1),
  clus1_unweighted = svydesign(id = ~dnum, fpc = ~fpc, data = apiclus1),
  clus1_fraction = svydesign(id = ~dnum, weights = ~pw, fpc = ~fraction, data = apiclus1),
  clus2 = svydesign(id = ~dnum + snum, fpc = ~fpc1 + fpc2, data = apiclus2),
  clus2_pw = svydesign(id = ~dnum + snum, weights = ~pw, fpc = ~fpc1 + fpc2, data = apiclus2),
  clus2_wr = svydesign(id = ~dnum + snum, weights = ~pw, data = apiclus2),
  clus2_fraction = svydesign(id = ~dnum + snum, fpc = ~f1 + f2, data = apiclus2),
  fpc = svydesign(id = ~psuid, strata = ~stratid, weights = ~weight, fpc = ~Nh, nest = TRUE, data = fpc),
  fpc_wr = svydesign(id = ~psuid, strata = ~stratid, weights = ~weight, nest = TRUE, data = fpc),
  scd = svydesign(id = ~ambulance, strata = ~ESA, prob = ~one, fpc = ~fpc, nest = TRUE, data = scd),
  scd_wr = svydesign(id = ~ambulance, strata = ~ESA, prob = ~one, nest = TRUE, data = scd),
  hospital = svydesign(id = ~hospno, strata = ~oblevel, weights = ~weighta, fpc = ~tothosp, data = hospital),
  mu284 = svydesign(id = ~id1 + id2, fpc = ~n1 + n2, data = mu284),
  brewer = svydesign(id = ~1, fpc = ~p, data = election_pps, pps = "brewer"),
  overton = svydesign(id = ~1, fpc = ~p, data = election_pps, pps = "overton"),
  hartley_rao = svydesign(id = ~1, fpc = ~p, data = election_pps, pps = HR()),
  hartley_rao_known = svydesign(id = ~1, fpc = ~p, data = election_pps, pps = HR(sum(election$p^2) / 40)),
  joint = svydesign(id = ~1, fpc = ~p, data = election_pps, pps = ppsmat(election_jointprob)),
  joint_yg = svydesign(id = ~1, fpc = ~p, data = election_pps, pps = ppsmat(election_jointprob), variance = "YG"),
  joint_hr = svydesign(id = ~1, fpc = ~p, data = election_pps, pps = ppsmat(election_jointHR)),
  joint_hr_yg = svydesign(id = ~1, fpc = ~p, data = election_pps, pps = ppsmat(election_jointHR), variance = "YG"),
  pps_wr = svydesign(id = ~1, weights = ~wt, data = election_pps),
  crowd = svydesign(id = ~cluster, strata = ~stratum, weights = ~weight, data = crowd),
  nhanes = svydesign(id = ~SDMVPSU, strata = ~SDMVSTRA, weights = ~WTMEC2YR, nest = TRUE, data = nhanes),
  yrbs = svydesign(id = ~psu, strata = ~stratum, weights = ~weight, data = yrbs)
)

## Calibration --------------------------------------------------------------------------------------------------------
N <- nrow(apipop)
types <- table(apipop$stype); wide <- table(apipop$sch.wide); crossed <- table(apipop$stype, apipop$sch.wide)
sums <- c(api99 = sum(apipop$api99), enroll = sum(apipop$enroll, na.rm = TRUE), api.stu = sum(apipop$api.stu))
json <- function(t) paste0("{", paste(sprintf('"%s": %s', names(t), number(as.vector(t))), collapse = ", "), "}")
cells <- c(crossed); names(cells) <- outer(rownames(crossed), colnames(crossed), paste, sep = ":")
writeLines(sprintf('{"count": %d,\n "stype": %s,\n "sch.wide": %s,\n "stype:sch.wide": %s,\n "numbers": %s,\n "mean_square": %s}',
  N, json(types), json(wide), json(cells), json(sums), number(sum(election$p^2) / 40)), "classic/totals.json")
frame_of <- function(t, name) { f <- as.data.frame(t); names(f) <- c(name, "Freq"); f }
type_frame <- frame_of(types, "stype"); wide_frame <- frame_of(wide, "sch.wide")
both_frame <- as.data.frame(crossed); names(both_frame) <- c("stype", "sch.wide", "Freq")
by_type <- c("(Intercept)" = N, stypeH = types[["H"]], stypeM = types[["M"]])
with_api99 <- c(by_type, api99 = sums[["api99"]])
bases <- list(srs = designs$srs, strat = designs$strat, clus1 = designs$clus1, clus1_wr = designs$clus1_wr, clus2_pw = designs$clus2_pw)
logit_bounds <- list(srs = c(.6, 1.6), strat = c(.6, 1.6), clus1 = c(.3, 3), clus1_wr = c(.3, 3), clus2_pw = c(.3, 3))
tight <- list(srs = c(.9, 1.2), strat = c(.8, 1.3), clus1 = c(.5, 2), clus1_wr = c(.5, 2), clus2_pw = c(.4, 2.2))
calibrated <- list()
one_calibration <- function(d, kind, base) switch(kind,
  ps = postStratify(d, ~stype, type_frame),
  ps2 = postStratify(d, ~stype + sch.wide, both_frame),
  rake = rake(d, list(~stype, ~sch.wide), list(type_frame, wide_frame), control = list(maxit = 300, epsilon = 1e-10)),
  linear = calibrate(d, ~stype + api99, with_api99, epsilon = 1e-13, maxit = 200),
  raking = calibrate(d, ~stype + api99, with_api99, calfun = "raking", epsilon = 1e-11, maxit = 200),
  types = calibrate(d, ~stype, by_type, epsilon = 1e-13, maxit = 200),
  number = calibrate(d, ~api99 - 1, c(api99 = sums[["api99"]]), epsilon = 1e-13, maxit = 200),
  logit = calibrate(d, ~stype + api99, with_api99, calfun = "logit", bounds = logit_bounds[[base]], epsilon = 1e-11, maxit = 200),
  bounded = calibrate(d, ~stype + api99, with_api99, bounds = tight[[base]], epsilon = 1e-13, maxit = 200),
  cluster = calibrate(d, ~stype + api99, with_api99, aggregate.stage = 1, epsilon = 1e-13, maxit = 200),
  cluster_raking = calibrate(d, ~stype + api99, with_api99, calfun = "raking", aggregate.stage = 1, epsilon = 1e-11, maxit = 200))
for (base in names(bases)) for (kind in c("ps", "ps2", "rake", "linear", "raking", "types", "number", "logit", "bounded",
    if (base != "srs" && base != "strat") c("cluster", "cluster_raking"))) {
  made <- tryCatch(one_calibration(bases[[base]], kind, base), error = function(e) { message(base, " ", kind, ": ", conditionMessage(e)); NULL })
  if (!is.null(made)) calibrated[[paste(base, kind, sep = "+")]] <- made
}

## Replicate designs --------------------------------------------------------------------------------------------------
replicated <- list(
  clus1_jk1 = as.svrepdesign(designs$clus1, type = "JK1"),
  clus1_wr_jk1 = as.svrepdesign(designs$clus1_wr, type = "JK1", mse = TRUE),
  strat_jkn = as.svrepdesign(designs$strat, type = "JKn"),
  fpc_jkn = as.svrepdesign(designs$fpc, type = "JKn"),
  hospital_jkn = as.svrepdesign(designs$hospital, type = "JKn", mse = TRUE),
  scd_brr = as.svrepdesign(designs$scd_wr, type = "BRR"),
  scd_fay = as.svrepdesign(designs$scd_wr, type = "Fay", fay.rho = 0.3),
  crowd_brr = as.svrepdesign(designs$crowd, type = "BRR"),
  clus1_boot = as.svrepdesign(designs$clus1, type = "bootstrap", replicates = 60, compress = FALSE),
  clus1_sub = as.svrepdesign(designs$clus1_wr, type = "subbootstrap", replicates = 60, compress = FALSE),
  strat_boot = as.svrepdesign(designs$strat, type = "bootstrap", replicates = 50, compress = FALSE),
  strat_sub = as.svrepdesign(designs$strat_wr, type = "subbootstrap", replicates = 50, compress = FALSE),
  clus2_mrb = as.svrepdesign(designs$clus2_pw, type = "mrbbootstrap", replicates = 60, compress = FALSE)
)
how <- list()
for (name in names(replicated)) {
  d <- replicated[[name]]
  w <- weights(d, "analysis")
  matrix_gz(w, sprintf("classic/%s.weights.csv.gz", name), "rep_")
  how[[name]] <- data.frame(design = name, type = d$type, scale = d$scale, rscales = paste(number(d$rscales), collapse = " "), mse = as.integer(isTRUE(d$mse)), rho = if (is.null(d$rho)) 0 else d$rho, replicates = ncol(w))
}
write_gz(do.call(rbind, how), "classic/replicates.csv.gz")
for (name in c("clus1_jk1", "strat_jkn", "clus1_boot", "clus1_sub", "strat_boot")) {
  base <- sub("_.*", "", name)
  for (kind in c("ps", "linear", "raking", "rake")) {
    made <- tryCatch(one_calibration(replicated[[name]], kind, base), error = function(e) { message(name, " ", kind, ": ", conditionMessage(e)); NULL })
    if (!is.null(made)) replicated[[paste(name, kind, sep = "+")]] <- made
  }
}

## Estimators ---------------------------------------------------------------------------------------------------------
values_of <- function(design, name) model.frame(design, na.action = na.pass)[[name]]
domains_of <- function(design, by) {
  if (is.null(by)) return(list(list(label = "", design = design)))
  columns <- lapply(by, function(one) { v <- values_of(design, one); if (is.factor(v)) levels(factor(v)) else sort(unique(v)) })
  grid <- rev(expand.grid(rev(columns), stringsAsFactors = FALSE)); names(grid) <- by
  out <- list()
  for (i in seq_len(nrow(grid))) {
    inside <- Reduce(`&`, lapply(by, function(one) { x <- as.character(values_of(design, one)) == as.character(grid[i, one]); !is.na(x) & x }))
    active <- if (inherits(design, "svyrep.design")) design$pweights != 0 else is.finite(design$prob)
    if (any(inside & active)) out[[length(out) + 1]] <- list(label = paste(unlist(lapply(grid[i, , drop = FALSE], as.character)), collapse = ":"), design = design[which(inside), ], inside = inside)
  }
  out
}
restricted <- function(d, variable) { seen <- !is.na(values_of(d, variable)); if (all(seen)) d else d[which(seen), ] }
seen_count <- function(d, variable) {
  w <- if (inherits(d, "svyrep.design")) d$pweights else ifelse(is.finite(d$prob), 1, 0)
  v <- values_of(d, variable)
  if (length(w) != length(v)) w <- w[is.finite(w)]
  sum(!is.na(v) & w != 0)
}
safely <- function(expr, what) tryCatch(expr, error = function(e) { message("left out: ", what, ": ", conditionMessage(e)); NULL })
moments <- function(name, design, call, variables, by = NULL, deff = FALSE, family = call) {
  fun <- list(mean = svymean, total = svytotal)[[call]]
  options <- said(by = paste(by, collapse = ","), deff = if (identical(deff, "replace")) "with" else if (deff) "without" else "none")
  for (domain in domains_of(design, by)) for (variable in variables) {
    what <- paste(name, call, variable, domain$label)
    numeric <- is.numeric(values_of(design, variable))
    f <- as.formula(paste0("~`", variable, "`"))
    found <- safely(fun(f, domain$design, na.rm = TRUE, deff = deff), what)
    if (is.null(found)) next
    df <- safely(degf(domain$design), what)
    bounds <- if (is.null(df)) NULL else suppressWarnings(confint(found, df = df))
    categories <- if (numeric) "" else levels(factor(values_of(design, variable)))
    for (k in seq_along(coef(found))) {
      numbers <- list(estimate = coef(found)[k], se = SE(found)[k], n = if (numeric) seen_count(domain$design, variable) else NULL,
        df = df, ci_low = bounds[k, 1], ci_high = bounds[k, 2], deff = if (identical(deff, FALSE)) NULL else deff(found)[k])
      do.call(emit, c(list(family, name, call, options, variable, categories[k], domain$label), Filter(Negate(is.null), numbers)))
    }
  }
}
ratios <- function(name, design, top, bottom, by = NULL, deff = FALSE, family = "ratio") {
  options <- said(by = paste(by, collapse = ","), denominator = bottom, deff = if (deff) "without" else "none")
  for (domain in domains_of(design, by)) {
    found <- safely(svyratio(as.formula(paste0("~", top)), as.formula(paste0("~", bottom)), domain$design, na.rm = TRUE, deff = deff), paste(name, top, bottom))
    if (is.null(found)) next
    df <- degf(domain$design); bounds <- confint(found, df = df)
    numbers <- list(estimate = coef(found), se = as.vector(SE(found)), df = df, ci_low = bounds[1], ci_high = bounds[2], deff = if (deff) as.vector(deff(found)) else NULL)
    do.call(emit, c(list(family, name, "ratio", options, top, "", domain$label), Filter(Negate(is.null), numbers)))
  }
}
variances <- function(name, design, variables, by = NULL, family = "variance") for (domain in domains_of(design, by)) for (variable in variables) {
  found <- safely(svyvar(as.formula(paste0("~", variable)), domain$design, na.rm = TRUE), paste(name, "var", variable))
  if (!is.null(found)) emit(family, name, "var", said(by = paste(by, collapse = ",")), variable, "", domain$label, estimate = as.vector(coef(found))[1], se = as.vector(SE(found))[1])
}
proportions <- function(name, design, variables, methods, by = NULL, level = 0.95, family = "proportion interval") {
  for (domain in domains_of(design, by)) for (variable in variables) {
    d <- restricted(domain$design, variable)
    column <- values_of(design, variable)
    for (category in if (is.factor(column)) levels(column) else sort(unique(column))) for (method in methods) {
      d2 <- d; d2$variables$is_one <- as.integer(as.character(d2$variables[[variable]]) == category)
      share <- coef(svymean(~is_one, d2))
      if (share %in% c(0, 1)) next
      found <- safely(svyciprop(~is_one, d2, method = method, level = level, df = degf(d2)), paste(name, method, variable, domain$label))
      if (is.null(found)) next
      emit(family, name, "prop", said(by = paste(by, collapse = ","), ci = method, level = level, df = "observed"), variable, category, domain$label,
        estimate = share, se = as.vector(SE(svymean(~is_one, d2))), ci_low = confint(found)[1], ci_high = confint(found)[2], df = degf(d2))
    }
  }
}
quantiles <- function(name, design, variables, intervals, rules, by = NULL, at = c(0.1, 0.25, 0.5, 0.9), family = "quantile") {
  for (domain in domains_of(design, by)) for (variable in variables) for (interval in intervals) for (rule in rules) {
    d <- restricted(domain$design, variable)
    found <- safely(svyquantile(as.formula(paste0("~", variable)), d, quantiles = at, ci = TRUE, interval.type = interval, qrule = rule, df = degf(d)), paste(name, interval, rule, variable, domain$label))
    if (is.null(found)) next
    m <- found[[1]]
    for (k in seq_along(at)) emit(family, name, "quantile", said(by = paste(by, collapse = ","), interval = interval, rule = rule), variable, sprintf("%g", at[k]), domain$label,
      estimate = m[k, 1], ci_low = m[k, 2], ci_high = m[k, 3], se = m[k, 4])
  }
}
old_quantiles <- function(name, design, variables, at = c(0.1, 0.5, 0.9)) for (variable in variables) for (method in c("constant", "linear")) {
  found <- oldsvyquantile(as.formula(paste0("~", variable)), restricted(design, variable), quantiles = at, method = method, f = 1)
  for (k in seq_along(at)) emit("quantile rule", name, "quantile", said(by = "", interval = "mean", rule = c(constant = "math", linear = "hf4")[[method]]), variable, sprintf("%g", at[k]), "", estimate = found[k])
}

numeric <- c("api00", "enroll", "avg.ed", "acs.k3", "mobility"); shares <- c("sch.wide", "awards", "stype")
plain <- c("srs", "srs_wr", "srs_unweighted", "srs_fraction", "strat", "strat_wr", "strat_unweighted", "strat_fraction", "clus1", "clus1_wr", "clus1_unweighted", "clus1_fraction", "clus2", "clus2_pw", "clus2_wr", "clus2_fraction")
for (name in plain) {
  d <- designs[[name]]; deff <- !(name %in% c("srs_unweighted", "strat_unweighted", "clus1_unweighted"))
  moments(name, d, "mean", c(numeric, shares), deff = TRUE)
  moments(name, d, "total", c("api00", "enroll", "acs.k3", "sch.wide"), deff = TRUE)
  moments(name, d, "mean", c("api00", "enroll"), deff = "replace", family = "design effect with replacement")
  moments(name, d, "mean", c("api00", "enroll", "acs.k3"), by = "stype", deff = TRUE, family = "domain mean")
  moments(name, d, "total", c("enroll", "awards"), by = "sch.wide", deff = FALSE, family = "domain total")
  ratios(name, d, "api.stu", "enroll", deff = TRUE); ratios(name, d, "api.stu", "enroll", by = "stype", family = "domain ratio")
  variances(name, d, c("api00", "enroll")); variances(name, d, "api00", by = "sch.wide", family = "domain variance")
}
for (name in c("srs", "strat", "clus1", "clus2")) moments(name, designs[[name]], "mean", c("api00", "ell"), by = c("stype", "awards"), deff = TRUE, family = "crossed domain mean")
for (name in c("strat", "clus1", "clus2", "srs")) {
  d <- designs[[name]]
  methods <- c("logit", "likelihood", "asin", "beta", "mean", "xlogit")
  proportions(name, d, c("sch.wide", "yr.rnd"), methods); proportions(name, d, "awards", methods, by = "stype", family = "domain proportion interval")
  proportions(name, d, "comp.imp", c("logit", "beta", "asin"), level = 0.9)
}
for (name in c("srs", "strat", "clus1", "clus2")) {
  quantiles(name, designs[[name]], c("api00", "enroll"), c("mean", "beta", "xlogit", "asin", "score"), c("math", "school"))
  quantiles(name, designs[[name]], "api00", "mean", c("shahvaish", paste0("hf", 1:9)), family = "quantile rule")
  quantiles(name, designs[[name]], c("api00", "mobility"), c("mean", "beta"), c("math", "hf7"), by = "stype", family = "domain quantile")
  old_quantiles(name, designs[[name]], c("api00", "enroll"))
}
moments("fpc", designs$fpc, "mean", "x", deff = TRUE); moments("fpc", designs$fpc, "total", "x", deff = TRUE)
moments("fpc_wr", designs$fpc_wr, "mean", "x", deff = TRUE); moments("fpc_wr", designs$fpc_wr, "total", "x", deff = TRUE); moments("fpc", designs$fpc, "mean", "x", by = "stratid", family = "domain mean")
for (name in c("scd", "scd_wr")) { moments(name, designs[[name]], "total", c("arrests", "alive")); moments(name, designs[[name]], "mean", c("arrests", "alive")); ratios(name, designs[[name]], "alive", "arrests") }
moments("hospital", designs$hospital, "total", "births", deff = TRUE); moments("hospital", designs$hospital, "mean", "births", deff = TRUE); moments("hospital", designs$hospital, "total", "births", by = "oblevel", family = "domain total")
moments("mu284", designs$mu284, "total", "y1"); moments("mu284", designs$mu284, "mean", "y1")
for (name in c("brewer", "overton", "hartley_rao", "hartley_rao_known", "joint", "joint_yg", "joint_hr", "joint_hr_yg", "pps_wr")) {
  moments(name, designs[[name]], "total", c("Bush", "Kerry", "Nader", "votes"), family = "unequal probabilities")
  moments(name, designs[[name]], "mean", c("Bush", "votes"), family = "unequal probabilities"); ratios(name, designs[[name]], "Bush", "votes", family = "unequal probabilities")
  for (won in 0:1) for (variable in c("Bush", "Kerry")) {  # survey has no subsets of designs with joint probabilities
    d <- designs[[name]]; d$variables$inside <- d$variables[[variable]] * (d$variables$bushwin == won); found <- svytotal(~inside, d)
    emit("unequal probabilities", name, "total", said(by = "bushwin", deff = "none"), variable, "", won, estimate = coef(found), se = SE(found)[1])
  }
}
moments("nhanes", designs$nhanes, "mean", "HI_CHOL", deff = TRUE); moments("nhanes", designs$nhanes, "total", "HI_CHOL")
moments("nhanes", designs$nhanes, "mean", "HI_CHOL", by = c("race", "RIAGENDR"), family = "crossed domain mean"); moments("nhanes", designs$nhanes, "mean", "HI_CHOL", by = "agecat", deff = TRUE, family = "domain mean")
proportions("nhanes", designs$nhanes, "HI_CHOL", c("logit", "beta", "xlogit", "asin", "mean", "likelihood"), by = "race", family = "domain proportion interval")
moments("yrbs", designs$yrbs, "mean", "qn8", deff = TRUE); proportions("yrbs", designs$yrbs, "qn8", c("logit", "beta", "xlogit", "asin", "mean", "likelihood"))

## Calibrated and replicate designs -----------------------------------------------------------------------------------
for (name in names(calibrated)) {
  d <- calibrated[[name]]
  moments(name, d, "mean", c("api00", "enroll", "sch.wide"), family = "calibrated mean"); moments(name, d, "total", c("enroll", "stype"), family = "calibrated total")
  moments(name, d, "mean", c("api00", "enroll"), by = "stype", family = "calibrated domain"); ratios(name, d, "api.stu", "enroll", family = "calibrated ratio")
  w <- weights(d); emit("calibrated weights", name, "weights", "", "sum of squares", "", "", value = sum(w^2)); for (place in c(1, 17, 50, 120)) emit("calibrated weights", name, "weights", "", as.character(place), "", "", value = w[[place]])
}
for (name in c("clus1+linear", "strat+linear", "clus1+raking", "clus1+ps")) {
  quantiles(name, calibrated[[name]], "api00", c("mean", "beta"), c("math", "hf7"), family = "calibrated quantile")
  proportions(name, calibrated[[name]], "awards", c("logit", "xlogit", "beta", "asin"), family = "calibrated proportion interval")
  variances(name, calibrated[[name]], "api00", family = "calibrated variance")
}
variable_of <- list(fpc = "x", hospital = "births", scd = c("arrests", "alive"), crowd = c("rooms", "person"), nhanes = "HI_CHOL")
for (name in names(replicated)) {
  d <- replicated[[name]]; base <- sub("_.*", "", name); variables <- variable_of[[base]]
  if (is.null(variables)) variables <- c("api00", "enroll", "sch.wide")
  family <- if (grepl("+", name, fixed = TRUE)) "calibrated replicates" else "replicates"
  moments(name, d, "mean", variables, family = family); moments(name, d, "total", variables, family = family)
  if (base %in% c("clus1", "strat", "clus2")) {
    moments(name, d, "mean", "api00", by = "stype", family = family); ratios(name, d, "api.stu", "enroll", family = family); variances(name, d, "api00", family = family)
    if (family == "replicates") { proportions(name, d, "awards", c("logit", "beta", "asin", "mean", "xlogit"), family = "replicate proportion interval")
      quantiles(name, d, c("api00", "enroll"), c("mean", "beta"), c("math", "hf7"), family = "replicate quantile")
      if (grepl("boot|sub|mrb", name)) quantiles(name, d, "api00", "quantile", c("math", "hf7"), family = "replicate quantile") }
  }
  if (base == "scd") ratios(name, d, "alive", "arrests", family = family)
  if (base == "nhanes") moments(name, d, "mean", "HI_CHOL", by = "race", family = family)
}

## Strata with one primary unit ---------------------------------------------------------------------------------------
for (rule in c("adjust", "average", "remove", "certainty")) for (in_domains in c(FALSE, TRUE)) {
  options(survey.lonely.psu = rule, survey.adjust.domain.lonely = in_domains)
  lonely_designs <- list(lonely = svydesign(id = ~1, strata = ~stype, weights = ~pw, fpc = ~size, data = lonely), lonely_wr = svydesign(id = ~1, strata = ~stype, weights = ~pw, data = lonely))
  for (name in names(lonely_designs)) {
    tag <- sprintf("%s:%s%s", name, rule, if (in_domains) ":domains" else "")
    d <- lonely_designs[[name]]
    moments(tag, d, "mean", c("api00", "enroll"), family = "lonely PSU"); moments(tag, d, "total", "enroll", family = sprintf("lonely PSU total%s", if (rule == "adjust") " (adjust)" else ""))
    moments(tag, d, "mean", "api00", by = "awards", family = "lonely PSU in domains"); ratios(tag, d, "api.stu", "enroll", family = "lonely PSU")
    if (in_domains) { d2 <- designs$strat; d2 <- if (name == "lonely") d2 else designs$strat_wr
      small <- sprintf("%s:%s:domains", if (name == "lonely") "strat" else "strat_wr", rule)
      moments(small, d2, "mean", "api00", by = c("yr.rnd", "awards"), family = "lonely PSU in domains") }
  }
}
options(survey.lonely.psu = "fail", survey.adjust.domain.lonely = FALSE)

## Models -------------------------------------------------------------------------------------------------------------
models <- function(name, design, formula, family, keep = NULL) {
  kind <- c(gaussian = "gaussian", quasibinomial = "logit", quasipoisson = "poisson")[[family$family]]
  fit <- safely(svyglm(formula, design, family = family, epsilon = 1e-14, maxit = 100), paste(name, deparse(formula)))
  if (is.null(fit)) return(invisible())
  table <- summary(fit)$coefficients; bounds <- confint(fit, ddf = fit$df.residual)
  options <- said(terms = paste(attr(terms(formula), "term.labels"), collapse = ","), family = kind, only = if (is.null(keep)) "" else keep)
  outcome <- as.character(formula[[2]])
  for (term in rownames(table)) emit(paste(kind, "regression"), name, "glm", options, outcome, term, "", estimate = table[term, 1], se = table[term, 2], t = table[term, 3], p = table[term, 4], df = fit$df.residual, ci_low = bounds[term, 1], ci_high = bounds[term, 2])
  for (term in attr(terms(formula), "term.labels")) { test <- safely(regTermTest(fit, as.formula(paste("~", term)), df = fit$df.residual), term)
    if (!is.null(test)) emit("Wald test of a term", name, "glm", options, outcome, term, "term", F = test$Ftest, p = test$p, ddf = test$ddf) }
}
modelled <- list(srs = designs$srs, strat = designs$strat, strat_wr = designs$strat_wr, clus1 = designs$clus1, clus2 = designs$clus2, clus1_jk1 = replicated$clus1_jk1,
  clus1_boot = replicated$clus1_boot, "clus1+linear" = calibrated[["clus1+linear"]], "strat+raking" = calibrated[["strat+raking"]], "clus1+ps" = calibrated[["clus1+ps"]])
for (name in names(modelled)) {
  d <- modelled[[name]]
  models(name, d, api00 ~ ell + meals + mobility, gaussian()); models(name, d, api00 ~ stype + ell, gaussian()); models(name, d, high ~ ell + meals, quasibinomial())
  models(name, d, high ~ stype + mobility, quasibinomial()); models(name, d, enroll ~ stype + meals, quasipoisson())
  if (!grepl("clus", name)) models(name, d, api00 ~ stype + ell + stype:ell, gaussian())
  models(name, d[which(values_of(d, "stype") == "E"), ], api00 ~ ell + meals, gaussian(), keep = "stype=E")
}
models("nhanes", designs$nhanes, HI_CHOL ~ race + agecat + RIAGENDR, quasibinomial())
ordinal <- function(name, design) {
  fit <- safely(svyolr(level ~ ell + mobility, design), name); if (is.null(fit)) return(invisible())
  table <- summary(fit)$coefficients
  for (term in rownames(table)) emit("ordinal regression", name, "olr", said(terms = "ell,mobility", family = "ordinal"), "level", term, "", estimate = table[term, 1], se = table[term, 2])
}
for (name in c("srs", "strat", "clus1", "clus2")) ordinal(name, designs[[name]])

## Tests and contrasts ------------------------------------------------------------------------------------------------
tested <- c(modelled[c("srs", "strat", "clus1", "clus2", "clus1+linear", "clus1+ps")], list(clus1_jk1 = replicated$clus1_jk1, strat_wr = designs$strat_wr))
for (name in names(tested)) {
  d <- tested[[name]]
  for (statistic in c("F", "Chisq", "Wald", "adjWald", "lincom", "saddlepoint")) for (pair in list(c("sch.wide", "stype"), c("awards", "comp.imp"), c("yr.rnd", "awards"))) {
    found <- safely(svychisq(as.formula(paste("~", pair[1], "+", pair[2])), d, statistic = statistic), paste(name, statistic)); if (is.null(found)) next
    emit("Rao-Scott and Wald tests", name, "chisq", said(by = pair[2], statistic = statistic), pair[1], "", "", statistic = found$statistic, p = found$p.value)
  }
  for (variable in c("api00", "enroll")) {
    found <- safely(svyttest(as.formula(paste(variable, "~ awards")), d), name); if (is.null(found)) next
    emit("t test", name, "t", said(by = "awards"), variable, "", "", difference = found$estimate, t = found$statistic, df = found$parameter, p = found$p.value)
    one <- svyttest(as.formula(paste0("I(", variable, " - 600) ~ 0")), restricted(d, variable))
    emit("t test", name, "t one", said(against = 600), variable, "", "", difference = one$estimate, t = one$statistic, df = one$parameter, p = one$p.value)
  }
  growth <- svyttest(I(api00 - api99) ~ 0, d); emit("t test", name, "t paired", "", "api99,api00", "", "", difference = growth$estimate, t = growth$statistic, df = growth$parameter, p = growth$p.value)
  both <- svytotal(~api00 + api99 + meals, d); linear <- svycontrast(both, list(a = c(1, -1, 0), b = c(0.5, 0.25, -2)))
  for (k in 1:2) emit("contrast", name, "contrast", "stat=total", "api00,api99,meals", c("1,-1,0", "0.5,0.25,-2")[k], "", estimate = coef(linear)[k], se = SE(linear)[k])
  means <- svymean(~api00 + api99 + meals, d)
  ratio <- svycontrast(means, quote(api00 / api99)); emit("contrast", name, "nonlinear", "stat=mean", "api00,api99,meals", "first / second", "", estimate = coef(ratio), se = SE(ratio))
  logs <- svycontrast(means, quote(log(api00) - 2 * log(meals))); emit("contrast", name, "nonlinear", "stat=mean", "api00,api99,meals", "log first - 2 log third", "", estimate = coef(logs), se = SE(logs))
  for (variable in c("api00", "meals")) {
    by <- safely(svyby(as.formula(paste0("~", variable)), ~stype, d, svymean, covmat = TRUE), paste(name, "covmat")); if (is.null(by)) next
    pairs <- list(c("E", "H"), c("E", "M"), c("H", "M"))
    for (pair in pairs) { emit("contrast between domains", name, "differences", said(by = "stype"), variable, paste(pair, collapse = "-"), "",
      estimate = coef(by)[[pair[1]]] - coef(by)[[pair[2]]], se = sqrt(drop(c(1, -1) %*% vcov(by)[pair, pair] %*% c(1, -1)))) }
  }
}
for (name in c(plain, "fpc", "scd", "hospital", "mu284", "nhanes", "yrbs", "brewer")) emit("degrees of freedom", name, "degf", "", "", "", "", value = degf(designs[[name]]))
for (name in names(replicated)) emit("degrees of freedom", name, "degf", "", "", "", "", value = degf(replicated[[name]]))

write_gz(do.call(rbind, values), "classic.csv.gz")
